//! Writes a day as a day file. What is read from it is the day again.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::cold::{Conditioning, Means, OutBudget, PackOut, Product, Weather};
use crate::format::Day;
use crate::place::{Datum, Point};
use crate::problem::{
    Battery, BoxPapers, Call, Chemistry, Choice, ColdBox, CompartmentGoods, CompartmentUse,
    Excursions, HandOver, Kind, Order, Quantity, StartRoute, Station, Tier, Truck, Urgent, Vehicle,
};
use crate::road::Closure;
use crate::units::{Grams, Metres, Seconds, Time, Window};

/// The text of a day file, one line per order and vehicle. Coordinates are written in WGS-84,
/// whatever the day was read in; what is the reader's default is left out, and so is where things
/// were read ([`Order::origin`]).
///
/// ```
/// use lastmile::format::{day, embedded};
/// let huatugou = embedded::huatugou()?;
/// let again = day::parse("again.json", day::write(&huatugou).as_bytes())?;
/// assert_eq!(again.orders.len(), huatugou.orders.len());
/// # Ok::<(), lastmile::Error>(())
/// ```
pub fn write(day: &Day) -> String {
    let mut text = String::from("{\n\"format\": 1");
    // Writing to a String cannot fail.
    let mut part = |name: &str, value: &Value| {
        let _ = write!(text, ",\n\"{name}\": {value}");
    };
    part("date", &day.calendar.date().into());
    part("zone", &day.calendar.zone().into());
    part("datum", &json!(Datum::Wgs84));
    if let Some(roads) = &day.roads {
        part("roads", &roads.as_str().into());
    }
    if !day.heights.is_empty() {
        part("heights", &json!(day.heights));
    }
    if let Some(region) = &day.region {
        part("region", &json!(region));
    }
    if let Some(news) = &day.road_news {
        part("road_news", &json!(news));
    }
    if let Some(limit) = day.snap_limit {
        part("snap_limit_m", &limit.0.into());
    }
    if day.segregates {
        part("segregate_medicine", &true.into());
    }
    if day.excursions != Excursions::default() {
        part("excursions", &json!(day.excursions));
    }
    if !day.products.is_empty() {
        part("products", &day.products.iter().map(product_row).collect());
    }
    if let Some(weather) = &day.weather {
        let mut row = weather_row(weather);
        if let Some(height) = day.weather_height {
            row["height_m"] = height.0.into();
        }
        part("weather", &row);
    }
    if !day.closures.is_empty() {
        part("closures", &day.closures.iter().map(closure_row).collect());
    }
    if !day.start.is_empty() {
        part("start", &day.start.iter().map(start_row).collect());
    }
    list(&mut text, "stations", day.stations.iter().map(station_text));
    list(&mut text, "orders", day.orders.iter().map(|order| order_row(order).to_string()));
    text.push_str("\n}\n");
    text
}

fn list(text: &mut String, name: &str, rows: impl Iterator<Item = String>) {
    let _ = write!(text, ",\n\"{name}\": [");
    for (number, row) in rows.enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(&row);
    }
    text.push_str("\n]");
}

/// An object without its empty fields.
fn row<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let is_said = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => true,
    };
    let fields = fields.into_iter().filter(|(_, value)| is_said(value));
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

fn minutes(time: Seconds) -> Value {
    number(time.as_f64() / 60.0)
}

/// Whole numbers are written as such.
#[expect(clippy::cast_possible_truncation, reason = "only small whole numbers are converted")]
fn number(value: f64) -> Value {
    let is_whole = value.fract().abs() <= 0.0 && value.abs() < 1e15;
    if is_whole { (value as i64).into() } else { value.into() }
}

fn thousandths(value: i64) -> Value {
    number(Grams(value).as_f64() / 1000.0)
}

fn clock(time: Option<Time>) -> Value {
    time.map(|time| time.to_string()).into()
}

fn windows(call: &Call) -> Value {
    call.windows.iter().map(|&window| span(window)).collect()
}

fn span(window: Window) -> Value {
    json!({"open": window.open().to_string(), "close": window.close().to_string()})
}

fn weather_row(weather: &Weather) -> Value {
    let (colder, warmer) = weather.margins();
    let (colder, warmer) = (number(colder.degrees()), number(warmer.degrees()));
    let celsius = |moment: Time| weather.at(moment).map(|value| number(value.degrees())).into();
    let Some((first, last)) = weather.cover() else {
        let constant: Value = celsius(Time(0));
        return json!({"constant_c": constant, "colder_k": colder, "warmer_k": warmer});
    };
    let hours = (last - first).0 / 3600;
    let hourly: Vec<Value> = (0..hours).map(|hour| celsius(first + Seconds::hours(hour))).collect();
    let mut written = json!({
        "first_hour": first.0.div_euclid(3600), "hourly_c": hourly,
        "colder_k": colder, "warmer_k": warmer,
    });
    let (low, high): (Vec<Value>, Vec<Value>) = weather
        .bands()
        .into_iter()
        .map(|(low, high)| (number(low.degrees()), number(high.degrees())))
        .unzip();
    if !low.is_empty() {
        written["hourly_low_c"] = low.into();
        written["hourly_high_c"] = high.into();
    }
    written
}

fn closure_row(closure: &Closure) -> Value {
    let middle = closure.at.map(|(point, _)| point);
    row([
        ("way", closure.way.into()),
        ("node_from", closure.nodes.map(|(from, _)| from).into()),
        ("node_to", closure.nodes.map(|(_, to)| to).into()),
        ("lat", middle.map(|point| point.lat).into()),
        ("lon", middle.map(|point| point.lon).into()),
        ("radius_m", closure.at.map(|(_, Metres(radius))| radius).into()),
        ("reason", json!(closure.reason)),
    ])
}

fn start_row(route: &StartRoute) -> Value {
    let stops = |trip: &Vec<crate::problem::StartStop>| -> Value {
        trip.iter().map(|stop| json!({"order": stop.order, "option": stop.choice})).collect()
    };
    let trips: Value = route.trips.iter().map(stops).collect();
    json!({"vehicle": route.vehicle, "trips": trips, "frozen": route.frozen})
}

/// A station with one line per vehicle.
fn station_text(station: &Station) -> String {
    let Point { lat, lon } = station.point;
    let trucks: Value = station.trucks.iter().map(truck_row).collect();
    let head = json!({
        "id": station.id, "name": station.name, "lat": lat, "lon": lon, "trucks": trucks,
    });
    let mut text = head.to_string();
    text.pop();
    list(&mut text, "vehicles", station.vehicles.iter().map(|v| vehicle_row(v).to_string()));
    text.push('}');
    text
}

fn truck_row(truck: &Truck) -> Value {
    row([
        ("id", json!(truck.id)),
        // Sorting is in the time already.
        ("arrives_at", clock(truck.ready_at)),
        ("cut_off_at", clock(truck.cut_off)),
    ])
}

fn vehicle_row(vehicle: &Vehicle) -> Value {
    let limit = |value: i64, unit: f64| {
        let is_limit = value < Seconds::UNLIMITED.0;
        if is_limit { number(Seconds(value).as_f64() / unit) } else { Value::Null }
    };
    let Quantity { mass, volume, pieces } = vehicle.capacity;
    let capacity = row([
        ("mass_kg", limit(mass.0, 1000.0)),
        ("volume_l", limit(volume.0, 1000.0)),
        ("pieces", limit(pieces, 1.0)),
    ]);
    let costs = json!({
        "fixed": number(vehicle.fixed.as_f64() / 1e6),
        "per_hour": number(vehicle.per_second.as_f64() * 3600.0 / 1e6),
        "per_km": number(vehicle.per_metre.as_f64() * 1000.0 / 1e6),
    });
    let driving = vehicle.driving.map(
        |rule| json!({"drive_h": rule.drive.as_f64() / 3600.0, "rest_min": minutes(rule.rest)}),
    );
    let mut written = row([
        ("id", json!(vehicle.id)),
        ("profile", json!(vehicle.profile)),
        ("shift", span(vehicle.shift)),
        ("capacity", capacity),
        ("boxes", vehicle.boxes.iter().map(box_row).collect()),
        ("skills", json!(vehicle.skills)),
        ("costs", costs),
        ("max_duration_h", limit(vehicle.max_duration.0, 3600.0)),
        ("max_km", limit(vehicle.max_length.0, 1000.0)),
        ("battery", vehicle.battery.as_ref().map(battery_row).unwrap_or_default()),
        ("compartment", vehicle.compartment.as_ref().map(compartment_row).unwrap_or_default()),
        ("parking_min", minutes(vehicle.parking)),
        ("trips", vehicle.trips.into()),
        ("reload_min", minutes(vehicle.reload)),
        ("packing_min", minutes(vehicle.packing)),
        ("deliver_first", if vehicle.delivers_first { true.into() } else { Value::Null }),
    ]);
    // No rule is said by null, which is something else than saying nothing.
    written["driving"] = driving.unwrap_or_default();
    written
}

fn battery_row(battery: &Battery) -> Value {
    let chemistry = match battery.chemistry {
        Chemistry::Lfp => "lfp",
        Chemistry::LeadAcid => "lead_acid",
    };
    row([
        ("chemistry", json!(chemistry)),
        ("kwh", number(battery.kwh)),
        ("reserve", number(battery.reserve)),
        ("wh_per_km", battery.wh_per_km.map(number).unwrap_or_default()),
        ("draw_kw", number(battery.draw_kw)),
        ("charge_kw", battery.charge_kw.map(number).unwrap_or_default()),
        ("swap_min", battery.swap.map(minutes).unwrap_or_default()),
    ])
}

fn compartment_row(kept: &CompartmentUse) -> Value {
    let body = &kept.body;
    let mut written = json!({
        "atp": format!("{:?}", kept.class), "set_c": number(body.set_c),
        "walls_m2": number(body.m2), "k_w_per_m2_k": number(body.k_w_per_m2_k),
        "air_m3": number(body.m3), "door_m2": number(body.door.m2),
        "door_height_m": number(body.door.height_m), "unit_w": number(body.unit_w),
        "cop": number(body.cop), "openings_per_h": number(kept.openings_per_h),
        "open_s": kept.open.0,
    });
    if let Some(goods) = &kept.goods {
        written["goods"] = goods_row(goods);
    }
    written
}

fn goods_row(goods: &CompartmentGoods) -> Value {
    row([
        ("class", json!(goods.class)),
        ("volume_l", thousandths(goods.volume.0)),
        ("lag_min", minutes(goods.lag)),
        ("band_k", number(goods.band_k)),
        ("papers", goods.papers.as_ref().map(papers_row).into()),
        ("status", json!(goods.status)),
        ("source", json!(goods.source)),
    ])
}

fn box_row(cold_box: &ColdBox) -> Value {
    let pack_out = &cold_box.pack_out;
    let built_in = PackOut::by_name(&pack_out.name);
    let alike = |one: &PackOut| *pack_out == PackOut { opening: pack_out.opening, ..one.clone() };
    let built_in = built_in.filter(alike);
    let opening = built_in.as_ref().filter(|one| one.opening != pack_out.opening);
    let opening = opening.map(|_| pack_out.opening.0);
    let conditioning = match cold_box.conditioning {
        _ if cold_box.is_auto => json!("auto"),
        _ if cold_box.pack_out.means != Means::Coolant => Value::Null,
        Conditioning::Frozen => json!("frozen"),
        Conditioning::Half => json!("half"),
        Conditioning::Liquid => json!("liquid"),
        Conditioning::Melted(share) => json!({"melted": share}),
    };
    let pack_out = if built_in.is_some() { json!(pack_out.name) } else { pack_out_row(pack_out) };
    row([
        ("pack_out", pack_out),
        ("open_s", opening.into()),
        ("count", cold_box.count.into()),
        ("sets", cold_box.sets.into()),
        ("class", json!(cold_box.class)),
        ("conditioning", conditioning),
        ("papers", cold_box.papers.iter().map(papers_row).collect()),
    ])
}

fn papers_row(papers: &BoxPapers) -> Value {
    row([
        ("seal", said(&papers.seal)),
        ("logger", said(&papers.logger)),
        ("calibration_due", said(&papers.calibration_due)),
        ("position", said(&papers.position)),
        ("report", said(&papers.report)),
    ])
}

/// A text, or nothing for an empty one.
fn said(text: &str) -> Value {
    Some(text).filter(|text| !text.is_empty()).into()
}

fn pack_out_row(pack_out: &PackOut) -> Value {
    let band = pack_out
        .qualified
        .map(|ambient| json!({"low_c": ambient.low.degrees(), "high_c": ambient.high.degrees()}));
    let of_coolant = |value: f64| match pack_out.means {
        Means::Coolant => json!(value),
        _ => Value::Null,
    };
    let kept_at = if pack_out.means == Means::Coolant { "plateau_c" } else { "packed_c" };
    row([
        ("name", json!(pack_out.name)),
        ("ua_w_per_k", json!(pack_out.ua_w_per_k)),
        ("payload_offset", of_coolant(pack_out.payload_offset)),
        (kept_at, json!(pack_out.plateau_c)),
        ("latent_j", of_coolant(pack_out.latent_j)),
        ("payload_j_per_k", json!(pack_out.payload_j_per_k)),
        ("solid_j_per_k", of_coolant(pack_out.solid_j_per_k)),
        ("liquid_j_per_k", of_coolant(pack_out.liquid_j_per_k)),
        ("lid_w_per_k", json!(pack_out.lid_w_per_k)),
        ("opening_s", pack_out.opening.0.into()),
        ("volume_l", thousandths(pack_out.volume.0)),
        ("hold_max_h", pack_out.hold_max.map(|hold| hold.as_f64() / 3600.0).into()),
        ("qualified", band.into()),
        ("status", json!(pack_out.status)),
        // An empty source is said, as the reader asks for one.
        ("source", json!(pack_out.source)),
    ])
}

fn product_row(product: &Product) -> Value {
    let yes = |is_so: bool| if is_so { json!(true) } else { Value::Null };
    let budget = |budget: &OutBudget| {
        row([
            ("name", json!(budget.name)),
            ("highest_c", json!(budget.highest_c)),
            ("minutes", budget.minutes.into()),
            ("starts_clock", yes(budget.starts_clock)),
            ("may_return", yes(budget.may_return)),
        ])
    };
    row([
        ("code", json!(product.code)),
        ("name", json!(product.name)),
        ("class", json!(product.class)),
        ("freezing", json!(product.freezing)),
        ("budgets", product.budgets.iter().map(budget).collect()),
        ("alarms", said(&product.alarms)),
        ("kinetic_kj_per_mol", json!(product.kinetic_kj_per_mol)),
        ("vial_monitor", said(&product.vial_monitor)),
        ("shelf_life", json!(product.shelf_life)),
        ("status", json!(product.status)),
        ("source", json!(product.source)),
    ])
}

fn order_row(order: &Order) -> Value {
    let money = |value: crate::units::Money| number(value.as_f64() / 1e6);
    let is_out = Some(order.stability.out_before).filter(|out| out.0 != 0);
    let cash = Some(order.cash_on_delivery).filter(|cash| !cash.is_zero()).map(money);
    row([
        ("id", json!(order.id)),
        ("kind", Some(order.kind).filter(|kind| *kind != Kind::Deliver).map(|k| json!(k)).into()),
        ("tier", Some(order.tier).filter(|t| *t != Tier::Ordinary).map(|t| json!(t)).into()),
        ("class", json!(order.class)),
        ("product", json!(order.stability.product)),
        ("batch", said(&order.stability.batch)),
        ("document", json!(order.stability.document)),
        ("budget", json!(order.stability.budget)),
        ("out_before_min", is_out.map(|_| minutes(order.stability.out_before)).into()),
        ("mass_kg", thousandths(order.quantity.mass.0)),
        ("volume_l", thousandths(order.quantity.volume.0)),
        ("pieces", Some(order.quantity.pieces).filter(|pieces| *pieces != 1).into()),
        ("options", order.choices.iter().map(choice_row).collect()),
        ("consent", order.consent.then_some(true).into()),
        ("skills", json!(order.skills)),
        ("station", json!(order.station)),
        ("ready_at", clock(order.ready_at)),
        ("due_back", clock(order.due_back)),
        ("truck", json!(order.truck)),
        ("urgent", order.urgent.map(urgent_row).into()),
        ("prize", order.prize.map(money).into()),
        ("vehicle", json!(order.vehicle)),
        ("position", json!(order.position)),
        ("name", json!(order.name)),
        ("village", json!(order.village)),
        ("phone", json!(order.phone)),
        ("note", json!(order.note)),
        ("cash_on_delivery", cash.into()),
    ])
}

fn urgent_row(promise: Urgent) -> Value {
    row([
        ("ordered_at", clock(Some(promise.ordered_at))),
        ("within_min", minutes(promise.within)),
        ("picking_min", minutes(promise.picking)),
    ])
}

fn choice_row(choice: &Choice) -> Value {
    let Call { point, service, doorstep, .. } = choice.call;
    let doorstep = doorstep.map(|doorstep| {
        row([
            ("walk_min", minutes(doorstep.walk)),
            ("hand_over_min", minutes(doorstep.hand_over)),
            ("pouch", doorstep.pouch.into()),
        ])
    });
    let price = Some(choice.price).filter(|price| !price.is_zero());
    let at_home = choice.hand_over == HandOver::Home;
    row([
        ("hand_over", (!at_home).then(|| json!(choice.hand_over)).into()),
        ("lat", point.lat.into()),
        ("lon", point.lon.into()),
        ("windows", windows(&choice.call)),
        ("service_min", minutes(service)),
        ("doorstep", doorstep.into()),
        ("price", price.map(|price| number(price.as_f64() / 1e6)).into()),
        ("pickup", choice.pickup.as_ref().map(pickup_row).into()),
    ])
}

fn pickup_row(call: &Call) -> Value {
    row([
        ("lat", call.point.lat.into()),
        ("lon", call.point.lon.into()),
        ("windows", windows(call)),
        ("service_min", minutes(call.service)),
        ("village", json!(call.village)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cold::AtpClass;
    use crate::cold::{Doorstep, Forecast};
    use crate::format::generate::Rural;
    use crate::format::{day, embedded};
    use crate::units::Millilitres;

    /// The day without where its parts were read.
    fn bare(mut day: Day) -> Day {
        for order in &mut day.orders {
            order.origin.clear();
        }
        for station in &mut day.stations {
            station.origin.clear();
            for vehicle in &mut station.vehicles {
                vehicle.origin.clear();
            }
        }
        day
    }

    fn check(written: Day) {
        let written = bare(written);
        let read = bare(day::parse("again.json", write(&written).as_bytes()).unwrap());
        assert_eq!(read.orders, written.orders);
        assert_eq!(read.stations, written.stations);
        assert_eq!(read.weather, written.weather);
        assert_eq!(read.closures, written.closures);
        assert_eq!(read.start, written.start);
        assert_eq!((read.roads, read.snap_limit), (written.roads, written.snap_limit));
        assert_eq!((read.region, read.road_news), (written.region, written.road_news));
        assert_eq!(read.heights, written.heights);
        assert_eq!(read.segregates, written.segregates);
        assert_eq!(read.excursions, written.excursions);
        assert_eq!(read.products, written.products);
        assert_eq!(read.weather_height, written.weather_height);
        assert_eq!(read.calendar.date(), written.calendar.date());
    }

    #[test]
    fn what_is_written_is_read_again() {
        check(embedded::huatugou().unwrap());
        check(Rural::new(400, 4, 3).unwrap().make().day);
    }

    /// A vehicle with milk in a compartment, in crates and with melons in none.
    fn with_rooms(vehicle: &Vehicle) -> Vehicle {
        let body = crate::cold::Compartment::tricycle(4.5);
        let lag = Seconds::minutes(95);
        let goods = CompartmentGoods::new("ATP_DAIRY", Millilitres(250_500), lag);
        let papers = Some(BoxPapers { logger: "L-9".into(), ..BoxPapers::default() });
        let goods = CompartmentGoods { band_k: 1.5, papers, source: "mapping".into(), ..goods };
        let kept = CompartmentUse::new(body, AtpClass::A).carries(goods);
        let mut vehicle = vehicle.clone().compartment(kept);
        let crates = PackOut {
            source: "weighed".into(),
            volume: Millilitres(60_000),
            lid_w_per_k: 3.5,
            ..PackOut::without_coolant("crate", 0.75, 40_500.0, 3.5)
        };
        for pack_out in [crates, PackOut::melons()] {
            let one = ColdBox::new(pack_out, "ATP_DAIRY", Conditioning::Half).count(3);
            vehicle.boxes.push(one);
        }
        vehicle
    }

    #[test]
    fn the_rare_fields_come_back_too() {
        let mut day = embedded::huatugou().unwrap();
        day.roads = Some("roads.osm.gz".into());
        day.snap_limit = Some(Metres(700));
        day.closures = vec![
            Closure::way(17, "snow"),
            Closure { way: Some(18), ..Closure::between(4, 7, "slide") },
            Closure::around(Point::wgs84(38.2, 90.9), Metres(300), "flood"),
        ];
        let first = day.orders[0].id.clone();
        let stop = crate::problem::StartStop::new(first);
        day.start = vec![StartRoute::new("v1").trip(vec![stop]).frozen(1)];
        let hour = |likely_c: f64| Forecast { low_c: likely_c - 2.5, likely_c, high_c: 4.25 };
        day.weather = Weather::forecast(
            0,
            &[-3.5, 1.0, 4.0].repeat(8).into_iter().map(hour).collect::<Vec<_>>(),
        )
        .ok();
        let battery = Battery::new(Chemistry::Lfp, 40.0, 150.5).swap(Seconds(450));
        day.stations[0].vehicles[0].battery = Some(battery);
        (day.region, day.road_news) = (Some("western_china".into()), Some("news.csv".into()));
        day.heights = vec!["N38E090.hgt".into(), "more".into()];
        check(day.clone());
        day.weather = Weather::band(-3.5, 4.25).ok();
        let vehicle = &mut day.stations[0].vehicles[0];
        vehicle.driving = None;
        let battery = Battery::by_road(Chemistry::LeadAcid, 7.5).reserve(0.25).draw_kw(0.5);
        vehicle.battery = Some(battery.charge_kw(3.5));
        vehicle.boxes[0].pack_out.ua_w_per_k *= 0.5;
        vehicle.boxes[0].conditioning = Conditioning::Melted(0.25);
        vehicle.boxes.push(ColdBox::auto(PackOut::c25(), "CN_COLD_2_8").count(2).sets(3));
        vehicle.boxes.push(ColdBox::auto(PackOut::p7(), "CN_COLD_2_8").open_for(Seconds(25)));
        let promise = Urgent::half_an_hour(Time::at(9, 5));
        day.orders[0].urgent = Some(Urgent { picking: Seconds::minutes(7), ..promise });
        day.segregates = true;
        let body = crate::cold::Compartment::tricycle(4.5);
        let kept = CompartmentUse { openings_per_h: 4.0, ..CompartmentUse::new(body, AtpClass::A) };
        day.stations[0].vehicles[0].compartment = Some(kept);
        day.stations[0].vehicles[1] = with_rooms(&day.stations[0].vehicles[1]);
        day.excursions = Excursions::Never;
        let papers = BoxPapers {
            seal: "S-17".into(),
            logger: "L-4".into(),
            calibration_due: "2026-12-31".into(),
            position: "middle, beside the goods".into(),
            report: "Q-9".into(),
        };
        day.stations[0].vehicles[0].boxes[0].papers = vec![papers];
        day.weather_height = Some(Metres(3_050));
        let own = Product::by_code("NUSINERSEN").unwrap();
        day.products = vec![Product {
            code: "OURS".into(),
            source: "its leaflet".into(),
            vial_monitor: "VVM14".into(),
            shelf_life: Some(crate::cold::ShelfLife { days: 20.0, at_c: 5.0 }),
            ..own
        }];
        let order = day.orders[3].clone().product("OURS").document("SPC 6.3");
        day.orders[3] = order.budget("in the carton");
        let order = day.orders[2].clone().product("NUSINERSEN").batch("B1").document("SPC 6.4");
        day.orders[2] = order.budget("in the carton").out_before(Seconds::minutes(90));
        let (walk, hand_over) = (Seconds::minutes(4), Seconds(30));
        day.orders[1].choices[0].call.doorstep = Some(Doorstep { walk, hand_over, pouch: true });
        check(day);
    }
}

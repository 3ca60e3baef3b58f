//! Turns the rows of a day file into the day's own types.

use crate::cold::{Doorstep, Forecast, Product, ProductClass, Weather};
use crate::error::{Code, Error, Fault};
use crate::format::day::cold_rows::ProductRow;
use crate::format::day::measures::{Amount, Celsius, Kelvins, Minutes};
use crate::format::day::rows::{
    BatteryRow, CallRow, ClosureRow, DrivingRow, OptionRow, OrderRow, Placed, StartRow, StationRow,
    VehicleRow, WeatherRow,
};
use crate::format::day::shapes::{Maybe, Preset, StopShape};
use crate::format::names;
use crate::format::reader::{Reader, Spot};
use crate::place::{Datum, Point};
use crate::problem::{
    Battery, Call, Choice, ColdBox, DrivingRule, HandOver, Kind, Order, Quantity, StartRoute,
    StartStop, Station, Truck, Urgent, Vehicle,
};
use crate::road::Closure;
use crate::units::{Grams, Metres, MilliCelsius, Millilitres, Money, Seconds, Window};

/// Converts rows one by one; faults go to the reader.
pub(super) struct Converter<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    /// The file's datum.
    pub(super) datum: Datum,
    /// The file's name, for the origins of orders, vehicles and stations.
    pub(super) file: String,
}

fn minutes(value: Minutes) -> Seconds {
    Seconds::round(value.0 * 60.0)
}

pub(super) fn hours(value: f64) -> Seconds {
    Seconds::round(value * 3600.0)
}

impl Converter<'_, '_> {
    pub(super) fn report(&mut self, spot: &Spot, field: &str, code: Code, expected: &str) {
        self.reader.report_at(spot, field, Fault::new(code, expected));
    }

    /// Reports the faults of a constructor below as faults of `field`.
    fn told<T>(&mut self, spot: &Spot, field: &str, told: Result<T, Error>) -> Option<T> {
        let Err(error) = told else { return told.ok() };
        for fault in error.faults() {
            self.reader.report_at(spot, field, fault.clone());
        }
        None
    }

    fn origin(&self, row: &impl Placed) -> String {
        format!("{}: {}", self.file, row.spot().path)
    }

    fn id(&mut self, spot: &Spot, field: &str, id: &str) {
        if let Some(expected) = names::id_fault(id) {
            self.reader.report_at(spot, field, Fault::new(Code::BadId, expected).value(id));
        }
    }

    fn point(&mut self, spot: &Spot, (lat, lon): (f64, f64), datum: Option<Datum>) -> Point {
        if lat.abs() < 1e-9 && lon.abs() < 1e-9 {
            let expected = "a place on land (0, 0 usually is a failed geocoding)";
            self.report(spot, "lat", Code::BadPoint, expected);
        }
        Point::from_datum(lat, lon, datum.unwrap_or(self.datum))
    }

    pub(super) fn class(&mut self, spot: &Spot, code: &str) {
        if ProductClass::by_code(code).is_none() {
            let known = ProductClass::built_in();
            let known: Vec<&str> = known.iter().map(|class| class.code.as_str()).collect();
            let fault = Fault::new(Code::UnknownName, names::one_of(code, &known)).value(code);
            self.reader.report_at(spot, "class", fault);
        }
    }

    pub(super) fn station(&mut self, row: StationRow) -> Station {
        self.id(&row.spot, "id", &row.id);
        let point = self.point(&row.spot, (row.lat.0, row.lon.0), row.datum);
        let mut station = Station::at(row.id.as_str(), point).origin(self.origin(&row));
        if let Some(name) = row.name {
            station = station.name(name);
        }
        for truck in row.trucks {
            self.id(&truck.spot, "id", &truck.id);
            if truck.sorting_min.is_some() && truck.arrives_at.is_none() {
                let expected = "an arrival, as a time for sorting is given";
                self.report(&truck.spot, "arrives_at", Code::MissingField, expected);
            }
            let mut built = Truck::new(truck.id);
            if let Some(at) = truck.arrives_at {
                built = built.arrives(at, truck.sorting_min.map_or(Seconds::ZERO, minutes));
            }
            if let Some(at) = truck.cut_off_at {
                built = built.leaves(at);
            }
            station = station.truck(built);
        }
        for row in row.vehicles {
            if let Some(vehicle) = self.vehicle(row) {
                station = station.vehicle(vehicle);
            }
        }
        station
    }

    fn vehicle(&mut self, row: VehicleRow) -> Option<Vehicle> {
        self.id(&row.spot, "id", &row.id);
        let mut vehicle = self.base(&row)?.origin(self.origin(&row));
        if let Some(shift) = row.shift {
            vehicle = vehicle.shift(shift);
        }
        if let Some(take) = &row.capacity {
            let mut capacity = vehicle.capacity_value();
            capacity.mass = take.mass_kg.map_or(capacity.mass, |kg| Grams::kilograms(kg.0));
            capacity.volume = take.volume_l.map_or(capacity.volume, |l| Millilitres::litres(l.0));
            capacity.pieces = take.pieces.map_or(capacity.pieces, |pieces| pieces.0);
            vehicle = vehicle.capacity(capacity);
        }
        if let Some(costs) = &row.costs {
            let amount = |given: Option<Amount>, default: f64| given.map_or(default, |a| a.0);
            vehicle = vehicle.costs(
                amount(costs.fixed, 0.0),
                amount(costs.per_hour, 30.0),
                amount(costs.per_km, 0.8),
            );
        }
        let limits = limits(vehicle, &row);
        let vehicle = match row.driving {
            Maybe::Absent => limits,
            Maybe::Null => limits.driving(None),
            Maybe::Given(rule) => limits.driving(Some(self.driving(&rule))),
        };
        let vehicle = row.skills.into_iter().fold(vehicle, Vehicle::skill);
        let boxes: Vec<ColdBox> =
            row.boxes.into_iter().filter_map(|row| self.cold_box(row)).collect();
        Some(boxes.into_iter().fold(vehicle, Vehicle::cold_box))
    }

    /// The preset, or a plain vehicle with a profile.
    fn base(&mut self, row: &VehicleRow) -> Option<Vehicle> {
        let id = row.id.as_str();
        let Some(preset) = row.preset else {
            if row.profile.is_none() {
                let expected = "a road profile such as \"minivan\", or a preset";
                self.report(&row.spot, "profile", Code::MissingField, expected);
            }
            return row.profile.as_deref().map(|profile| Vehicle::new(id, profile));
        };
        let mut vehicle = match preset {
            Preset::Tricycle => Vehicle::tricycle(id),
            Preset::ElectricVan => Vehicle::electric_van(id),
            Preset::Minivan => Vehicle::minivan(id),
            Preset::FourByFour => Vehicle::four_by_four(id),
            Preset::Motorbike => Vehicle::motorbike(id),
        };
        if let Some(profile) = &row.profile {
            vehicle.profile.clone_from(profile);
        }
        Some(vehicle)
    }

    fn driving(&mut self, row: &DrivingRow) -> DrivingRule {
        let rule = DrivingRule { drive: hours(row.drive_h.0), rest: minutes(row.rest_min) };
        if rule.drive < Seconds(60) {
            self.report(&row.spot, "drive_h", Code::OutOfRange, "at least a minute of driving");
        }
        if rule.rest > Seconds::hours(24) {
            self.report(&row.spot, "rest_min", Code::OutOfRange, "a rest of at most a day");
        }
        rule
    }

    pub(super) fn weather(&mut self, row: &WeatherRow) -> Option<Weather> {
        let weather = match (row.constant_c, &row.band, row.first_hour, &row.hourly_c) {
            (Some(celsius), None, None, None) => Weather::constant(celsius.0),
            (None, Some(band), None, None) => Weather::band(band.low_c.0, band.high_c.0),
            (None, None, Some(first), Some(hourly)) => {
                let values = |row: &[Celsius]| row.iter().map(|c| c.0).collect::<Vec<f64>>();
                let celsius = values(hourly);
                let or_same = |row: &Option<Vec<Celsius>>| {
                    row.as_ref().map_or_else(|| celsius.clone(), |row| values(row))
                };
                let (low, high) = (or_same(&row.hourly_low_c), or_same(&row.hourly_high_c));
                if low.len() != celsius.len() || high.len() != celsius.len() {
                    let expected = "as many values as hourly_c";
                    self.report(&row.spot, "hourly_low_c", Code::Contradiction, expected);
                    return None;
                }
                match (&row.hourly_low_c, &row.hourly_high_c) {
                    (None, None) => Weather::hourly(first.0, &celsius),
                    _ => forecast(first.0, &low, &celsius, &high),
                }
            }
            _ => {
                let expected = "exactly one of constant_c, band, and first_hour with hourly_c";
                self.report(&row.spot, "constant_c", Code::Contradiction, expected);
                return None;
            }
        };
        let weather = self.told(&row.spot, "hourly_c", weather)?;
        let margin = |given: Option<Kelvins>| {
            given.map_or(MilliCelsius::ZERO, |kelvins| MilliCelsius::celsius(kelvins.0))
        };
        // A band already is a margin; a further one widens it.
        if row.colder_k.is_none() && row.warmer_k.is_none() {
            return Some(weather);
        }
        if row.band.is_some() {
            let expected = "no margin, as a band says how cold and warm it may be";
            self.report(&row.spot, "colder_k", Code::Contradiction, expected);
        }
        Some(weather.uncertain(margin(row.colder_k), margin(row.warmer_k)))
    }

    /// The closure, when it holds on the plan's date.
    pub(super) fn closure(&mut self, row: &ClosureRow) -> Option<Closure> {
        let nodes = (row.node_from, row.node_to);
        let closed = match (row.way, nodes, row.lat, row.lon, row.radius_m) {
            (way, (Some(from), Some(to)), None, None, None) => Closure {
                way: way.map(|way| way.0),
                ..Closure::between(from.0, to.0, row.reason.clone())
            },
            (Some(way), (None, None), None, None, None) => Closure::way(way.0, row.reason.clone()),
            (None, (None, None), Some(lat), Some(lon), Some(radius)) => Closure::around(
                self.point(&row.spot, (lat.0, lon.0), row.datum),
                Metres::round(radius.0),
                row.reason.clone(),
            ),
            _ => {
                let expected = "either a way, or node_from and node_to, or lat, lon and radius_m";
                self.report(&row.spot, "way", Code::Contradiction, expected);
                return None;
            }
        };
        if row.from.zip(row.until).is_some_and(|(from, until)| until < from) {
            self.report(&row.spot, "until", Code::UpsideDown, "a last date not before the first");
        }
        let holds = self.reader.calendar.is_between(row.from, row.until);
        holds.then_some(closed)
    }

    pub(super) fn products(&mut self, rows: Vec<ProductRow>) -> Vec<Product> {
        let mut known = Product::built_in();
        let built_in = known.len();
        for row in rows {
            let spot = row.spot.clone();
            let product = row.product();
            for fault in product.faults(&known) {
                let field = fault.field_name().to_owned();
                self.reader.report_at(&spot, &field, fault);
            }
            known.push(product);
        }
        known.split_off(built_in)
    }

    pub(super) fn order(&mut self, row: OrderRow) -> Option<Order> {
        self.id(&row.spot, "id", &row.id);
        if let Some(code) = &row.class {
            self.class(&row.spot, code);
        }
        let kind = row.kind.unwrap_or(Kind::Deliver);
        let choices = self.choices(&row, kind)?;
        let origin = self.origin(&row);
        let mut order = empty(row.id, kind).options(choices).origin(origin);
        order.tier = row.tier.unwrap_or_default();
        order.class = row.class;
        if let Some(product) = row.product {
            order = order.product(product);
        }
        order.stability.batch = row.batch.unwrap_or_default();
        order.stability.document = row.document;
        order.stability.budget = row.budget;
        order.stability.out_before = row.out_before_min.map_or(Seconds::ZERO, minutes);
        order.quantity = Quantity::pieces(row.pieces.map_or(1, |pieces| pieces.0))
            .mass(Grams::kilograms(row.mass_kg.map_or(0.0, |kg| kg.0)))
            .volume(Millilitres::litres(row.volume_l.map_or(0.0, |l| l.0)));
        order.consent = row.consent.unwrap_or(false);
        order.skills = row.skills;
        names::set_station(&mut order, row.station);
        order.ready_at = row.ready_at;
        order.due_back = row.due_back;
        order.truck = row.truck;
        order.urgent = row.urgent.map(|row| {
            let usual = Urgent::half_an_hour(row.ordered_at);
            Urgent {
                within: row.within_min.map_or(usual.within, minutes),
                picking: row.picking_min.map_or(usual.picking, minutes),
                ..usual
            }
        });
        order.prize = row.prize.map(|prize| Money::units(prize.0));
        order.vehicle = row.vehicle;
        order.position = row.position;
        order.name = row.name.unwrap_or_default();
        order.village = row.village.unwrap_or_default();
        order.phone = row.phone.unwrap_or_default();
        order.note = row.note.unwrap_or_default();
        order.cash_on_delivery = Money::units(row.cash_on_delivery.map_or(0.0, |cash| cash.0));
        Some(order)
    }

    /// The order's options: the listed ones, or the one said on the order itself.
    fn choices(&mut self, row: &OrderRow, kind: Kind) -> Option<Vec<Choice>> {
        let direct = [
            ("lat", row.lat.is_some()),
            ("lon", row.lon.is_some()),
            ("windows", row.windows.is_some()),
            ("service_min", row.service_min.is_some()),
            ("doorstep", row.doorstep.is_some()),
            ("price", row.price.is_some()),
            ("hand_over", row.hand_over.is_some()),
            ("pickup", row.pickup.is_some()),
        ];
        if let Some(options) = &row.options {
            for (field, _) in direct.iter().filter(|(_, given)| *given) {
                let expected = "it inside the options, as there are options";
                self.report(&row.spot, field, Code::Contradiction, expected);
            }
            if options.is_empty() {
                self.report(&row.spot, "options", Code::MissingPart, "at least one option");
            }
            return Some(
                options.iter().map(|option| self.choice(option, row.datum, kind)).collect(),
            );
        }
        let (Some(lat), Some(lon)) = (row.lat, row.lon) else {
            for (field, _) in direct.iter().take(2).filter(|(_, given)| !given) {
                let expected = "lat and lon, or a list of options";
                self.report(&row.spot, field, Code::MissingField, expected);
            }
            return None;
        };
        let option = OptionRow {
            hand_over: row.hand_over,
            lat,
            lon,
            windows: row.windows.clone(),
            service_min: row.service_min,
            doorstep: row.doorstep.clone(),
            price: row.price,
            pickup: row.pickup.clone(),
            spot: row.spot.clone(),
        };
        Some(vec![self.choice(&option, row.datum, kind)])
    }

    fn choice(&mut self, row: &OptionRow, datum: Option<Datum>, kind: Kind) -> Choice {
        let point = self.point(&row.spot, (row.lat.0, row.lon.0), datum);
        let mut call = call_at(point, row.windows.as_deref(), row.service_min);
        call.doorstep = row.doorstep.as_ref().map(|row| Doorstep {
            walk: minutes(row.walk_min),
            hand_over: row.hand_over_min.map_or(Seconds::minutes(1), minutes),
            pouch: row.pouch.unwrap_or(false),
        });
        let hand_over = row.hand_over.unwrap_or(HandOver::Home);
        let mut choice = Choice::call(hand_over, call.clone());
        match &row.pickup {
            Some(pickup) if kind == Kind::Ship => {
                choice = Choice { pickup: Some(self.call(pickup, datum)), ..choice };
            }
            Some(_) => {
                let expected = "no pickup, as only a shipment is fetched elsewhere";
                self.report(&row.spot, "pickup", Code::Contradiction, expected);
            }
            None if kind == Kind::Ship => {
                let expected = "a pickup, as this is a shipment";
                self.report(&row.spot, "pickup", Code::MissingField, expected);
            }
            None => {}
        }
        choice.price(Money::units(row.price.map_or(0.0, |price| price.0)))
    }

    fn call(&mut self, row: &CallRow, datum: Option<Datum>) -> Call {
        let point = self.point(&row.spot, (row.lat.0, row.lon.0), datum);
        let call = call_at(point, row.windows.as_deref(), row.service_min);
        call.village(row.village.clone().unwrap_or_default())
    }
}

/// An order of this kind without options.
fn empty(id: String, kind: Kind) -> Order {
    let nowhere = || Call::at(Point::wgs84(0.0, 0.0));
    match kind {
        Kind::Deliver => Order::deliver(id, nowhere()),
        Kind::Collect => Order::collect(id, nowhere()),
        Kind::Serve => Order::serve(id, nowhere()),
        Kind::Ship => Order::ship(id, nowhere(), nowhere()),
    }
}

fn call_at(point: Point, windows: Option<&[Window]>, service: Option<Minutes>) -> Call {
    let call = Call::at(point);
    let call = windows.unwrap_or_default().iter().fold(call, |call, &window| call.window(window));
    match service {
        Some(service) => call.service(minutes(service)),
        None => call,
    }
}

/// The weather of an hourly forecast with its band.
fn forecast(
    first: i64,
    low: &[f64],
    likely: &[f64],
    high: &[f64],
) -> crate::error::Result<Weather> {
    let hours = low.iter().zip(likely).zip(high);
    let hours = hours.map(|((&low_c, &likely_c), &high_c)| Forecast { low_c, likely_c, high_c });
    Weather::forecast(first, &hours.collect::<Vec<_>>())
}

/// The vehicle with the limits and times its row gives.
fn limits(mut vehicle: Vehicle, row: &VehicleRow) -> Vehicle {
    if let Some(limit) = row.max_duration_h {
        vehicle = vehicle.max_duration(hours(limit.0));
    }
    if let Some(limit) = row.max_km {
        vehicle = vehicle.max_length(Metres::round(limit.0 * 1000.0));
    }
    if let Some(row) = &row.battery {
        vehicle = vehicle.battery(battery(row));
    }
    if let Some(row) = &row.compartment {
        vehicle = vehicle.compartment(row.clone().used());
    }
    if let Some(time) = row.parking_min {
        vehicle = vehicle.parking(minutes(time));
    }
    if let Some(trips) = row.trips {
        vehicle = vehicle.trips(u32::try_from(trips.0).unwrap_or(1));
    }
    if let Some(time) = row.reload_min {
        vehicle = vehicle.reload(minutes(time));
    }
    if let Some(time) = row.packing_min {
        vehicle = vehicle.packing(minutes(time));
    }
    if let Some(is_first) = row.deliver_first {
        vehicle = vehicle.deliver_first(is_first);
    }
    vehicle
}

fn battery(row: &BatteryRow) -> Battery {
    let battery = Battery::by_road(row.chemistry, row.kwh.0);
    let reserve = row.reserve.map_or(battery.reserve, |share| share.0);
    Battery {
        wh_per_km: row.wh_per_km.map(|taken| taken.0),
        draw_kw: row.draw_kw.map_or(0.0, |draw| draw.0),
        charge_kw: row.charge_kw.map(|power| power.0),
        swap: row.swap_min.map(minutes),
        ..battery.reserve(reserve)
    }
}

/// The given route of a row.
pub(super) fn start_route(row: StartRow) -> StartRoute {
    let stop = |stop: StopShape| match stop {
        StopShape::Id(order) => StartStop::new(order),
        StopShape::Row(row) => {
            let option = row.option.map_or(0, |option| usize::try_from(option.0).unwrap_or(0));
            StartStop::new(row.order).choice(option)
        }
    };
    let frozen = row.frozen.map_or(0, |frozen| usize::try_from(frozen.0).unwrap_or(0));
    let route = StartRoute::new(row.vehicle).frozen(frozen);
    row.trips
        .into_iter()
        .fold(route, |route, trip| route.trip(trip.into_iter().map(stop).collect()))
}

//! The shape of a day file: one type per object, units in the field names. The types make the
//! schema and the reader alike, so neither can drift from the other.

use jiff::civil::Date;
use schemars::JsonSchema;

use crate::cold::Status;
use crate::error::{Code, Fault};
use crate::format::day::cold_rows::{CompartmentRow, PapersRow, ProductRow};
use crate::format::day::measures::{
    Amount, BoxCount, Celsius, ChargerKilowatts, FormatVersion, Height, Hour, Hours, Kelvins,
    Kilograms, Kilometres, KilowattHours, Kilowatts, Latitude, Litres, Longitude, Meters, Minutes,
    Pieces, Place, Plateau, Positive, Reserve, Secs, Share, Trips, WattHours, WayId,
};
use crate::format::day::shapes::{
    ChemistryShape, ConditioningShape, Maybe, PackOutShape, Preset, StatusShape, StopShape,
    WindowShape,
};
use crate::format::json::{Node, Value};
use crate::format::reader::{FromNode, Reader, Spot};
use crate::place::Datum;
use crate::problem::{Chemistry, Excursions, HandOver, Kind, Position, Tier};
use crate::units::{Time, Window};

/// A row that knows where it stands.
pub(super) trait Placed {
    fn spot(&self) -> &Spot;
}

/// Objects: the struct, its schema and its reader, which reports unknown and doubled fields.
macro_rules! rows {
    ($($(#[$meta:meta])* struct $name:ident {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    })*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$field_meta])* pub(super) $field: $type,)*
            #[schemars(skip)]
            pub(super) spot: Spot,
        }

        impl Placed for $name {
            fn spot(&self) -> &Spot {
                &self.spot
            }
        }

        impl FromNode for $name {
            fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
                let entries = reader.object(node, &[$(stringify!($field)),*])?;
                $(let $field = reader.field::<$type>(entries, node.at, stringify!($field));)*
                Some(Self { $($field: $field?,)* spot: reader.spot(node) })
            }
        }
    )* };
}
pub(super) use rows;

rows! {
    /// One day of one or several delivery stations.
    struct DayFile {
        /// The version of the format: 1.
        format: FormatVersion,
        /// The date of the plan, as "2026-01-28".
        #[expect(dead_code, reason = "it is read before the rest, by set_calendar")]
        date: String,
        /// The IANA name of the zone all clock times are in; "Asia/Shanghai" if absent.
        #[expect(dead_code, reason = "it is read before the rest, by set_calendar")]
        zone: Option<String>,
        /// The datum of all coordinates that do not name their own; "wgs84" if absent.
        datum: Option<Datum>,
        /// The map, as a path from this file.
        roads: Option<String>,
        /// Heights of the ground, as paths from this file: SRTM tiles (`N38E090.hgt`, plain or in a
        /// zip), or folders of them.
        #[schemars(default)]
        heights: Vec<String>,
        /// The region of the speed table: what untagged roads are made of.
        region: Option<String>,
        /// Speeds driven and closures by date, as CSV; a path from this file.
        road_news: Option<String>,
        /// How far from a road a place may lie; 1000 if absent.
        snap_limit_m: Option<Meters>,
        /// The stations, at least one.
        stations: Vec<StationRow>,
        /// Medicine rides on no trip with other goods; false if absent.
        segregate_medicine: Option<bool>,
        /// Whether goods may leave their class as far as a manufacturer's document allows;
        /// "documented" if absent.
        excursions: Option<Excursions>,
        /// Products that orders may name beside the built-in ones.
        #[schemars(default)]
        products: Vec<ProductRow>,
        /// The air the cold boxes stand in.
        weather: Option<WeatherRow>,
        /// What is closed to traffic.
        #[schemars(default)]
        closures: Vec<ClosureRow>,
        /// The orders.
        #[schemars(default)]
        orders: Vec<OrderRow>,
        /// Routes to begin from.
        #[schemars(default)]
        start: Vec<StartRow>,
    }

    /// A place couriers start from and return to.
    struct StationRow {
        /// The id orders refer to.
        id: String,
        /// The name people know it by.
        name: Option<String>,
        /// Degrees north.
        lat: Latitude,
        /// Degrees east.
        lon: Longitude,
        /// The datum of its coordinates, if not the file's.
        datum: Option<Datum>,
        /// The line-haul trucks that call here.
        #[schemars(default)]
        trucks: Vec<TruckRow>,
        /// The vehicles that start and end here.
        #[schemars(default)]
        vehicles: Vec<VehicleRow>,
    }

    /// A line-haul truck that brings goods, takes goods, or both.
    struct TruckRow {
        /// The id orders refer to.
        id: String,
        /// When it arrives with goods.
        #[schemars(with = "Option<String>")]
        arrives_at: Option<Time>,
        /// How long unloading and sorting take; 0 if absent.
        sorting_min: Option<Minutes>,
        /// When the goods it takes must be at the station.
        #[schemars(with = "Option<String>")]
        cut_off_at: Option<Time>,
    }

    /// A vehicle with its courier.
    struct VehicleRow {
        /// The id.
        id: String,
        /// A vehicle to take capacity, range and road profile from.
        preset: Option<Preset>,
        /// The name of the road profile; needed without a preset.
        profile: Option<String>,
        /// When it may leave first and must be back last; "08:00-20:00" if absent.
        #[schemars(with = "Option<WindowShape>")]
        shift: Option<Window>,
        /// How much it takes; what is absent has no limit, or the preset's.
        capacity: Option<CapacityRow>,
        /// Its cold boxes.
        #[schemars(default)]
        boxes: Vec<BoxRow>,
        /// What its courier can do, as `install_ac`.
        #[schemars(default)]
        skills: Vec<String>,
        /// What it costs.
        costs: Option<CostsRow>,
        /// How long it may be away.
        max_duration_h: Option<Hours>,
        /// How far it may drive: its range.
        max_km: Option<Kilometres>,
        /// The battery its day is driven on; none that could run out if absent.
        battery: Option<BatteryRow>,
        /// A compartment kept at a set-point; its energy comes out of the battery. None if absent.
        compartment: Option<CompartmentRow>,
        /// The rule on driving without a rest: 4 h and 20 min if absent, none if null.
        #[schemars(with = "Option<DrivingRow>")]
        driving: Maybe<DrivingRow>,
        /// The time lost on each arrival; 1 if absent.
        parking_min: Option<Minutes>,
        /// How many trips it may make; 1 if absent.
        trips: Option<Trips>,
        /// How long reloading between two trips takes; 20 if absent.
        reload_min: Option<Minutes>,
        /// How long before departure its cold boxes are closed; 10 if absent.
        packing_min: Option<Minutes>,
        /// On each trip every delivery comes before every collection, and no trip only collects;
        /// false if absent.
        deliver_first: Option<bool>,
    }

    /// A vehicle's battery, which is charged between trips where that is said.
    struct BatteryRow {
        /// What it is made of: how much of it the cold takes away.
        #[schemars(with = "ChemistryShape")]
        chemistry: Chemistry,
        /// What it holds at 20 °C.
        kwh: KilowattHours,
        /// The share that must be left at any moment; 0.2 if absent.
        reserve: Option<Reserve>,
        /// What a kilometre takes with a full load; if absent, each leg takes what its road asks for.
        wh_per_km: Option<WattHours>,
        /// What is drawn all the time away: heat, lamps, active cold boxes; 0 if absent.
        draw_kw: Option<Kilowatts>,
        /// With what it is charged while the vehicle reloads; not charged if absent.
        charge_kw: Option<ChargerKilowatts>,
        /// How long changing it for a full one takes while the vehicle reloads; not changed if absent.
        swap_min: Option<Minutes>,
    }

    /// How much a vehicle takes.
    struct CapacityRow {
        /// Mass.
        mass_kg: Option<Kilograms>,
        /// Volume.
        volume_l: Option<Litres>,
        /// Number of parcels.
        pieces: Option<Pieces>,
    }

    /// What a vehicle costs.
    struct CostsRow {
        /// Once, when it is used; 0 if absent.
        fixed: Option<Amount>,
        /// For an hour away from the station; 30 if absent.
        per_hour: Option<Amount>,
        /// For a kilometre; 0.8 if absent.
        per_km: Option<Amount>,
    }

    /// How long a courier may drive without a rest.
    struct DrivingRow {
        /// Driving time after which a rest is due.
        drive_h: Hours,
        /// How long the rest is.
        rest_min: Minutes,
    }

    /// Cold boxes of one kind, packed alike.
    struct BoxRow {
        /// The qualified packing: a built-in name (P7, V7, C25; MELONS for cartons of melons without
        /// coolant) or its parameters.
        pack_out: PackOutShape,
        /// How long its lid is open each time; what the packing says if absent.
        open_s: Option<Secs>,
        /// How many; 1 if absent.
        count: Option<BoxCount>,
        /// How many sets of conditioned coolant lie ready for them in the day: each box that rides with goods
        /// takes one when it is closed for a trip; as many as trips need if absent.
        sets: Option<BoxCount>,
        /// The code of the product class they are kept for, as `CN_COLD_2_8`.
        class: String,
        /// How the coolant is conditioned when the box is closed; not for a box without coolant.
        conditioning: Option<ConditioningShape>,
        /// The papers of each box, first to last.
        #[schemars(default)]
        papers: Vec<PapersRow>,
    }

    /// The parameters of a packing.
    struct PackOutRow {
        /// The name.
        name: String,
        /// Effective conductance of the walls, W/K.
        ua_w_per_k: Positive,
        /// How far the payload sits from the plateau towards the ambient.
        payload_offset: Share,
        /// The melting plateau of the coolant.
        plateau_c: Plateau,
        /// Latent heat of all the coolant, J.
        latent_j: Positive,
        /// Heat capacity of the payload, J/K.
        payload_j_per_k: Positive,
        /// Heat capacity of payload and solid coolant, J/K.
        solid_j_per_k: Positive,
        /// Heat capacity of payload and liquid coolant, J/K.
        liquid_j_per_k: Positive,
        /// Additional heat flow while the lid is open, W/K.
        lid_w_per_k: Positive,
        /// How long one opening lasts; 60 if absent.
        opening_s: Option<Secs>,
        /// Room for payload.
        volume_l: Litres,
        /// The longest hold the qualification covers.
        hold_max_h: Option<Hours>,
        /// The ambient temperatures the qualification covers.
        qualified: Option<BandRow>,
        /// How the numbers came to be known; "declared" if absent.
        #[schemars(with = "Option<StatusShape>")]
        status: Option<Status>,
        /// Where they come from.
        source: String,
    }

    /// Two temperatures.
    struct BandRow {
        /// The lower one.
        low_c: Celsius,
        /// The higher one.
        high_c: Celsius,
    }

    /// A share of melted coolant.
    struct MeltedRow {
        /// From 0, all solid, to 1, all liquid.
        melted: Share,
    }

    /// The air temperature: exactly one of `constant_c`, `band`, and `first_hour` with `hourly_c`.
    struct WeatherRow {
        /// The same all day.
        constant_c: Option<Celsius>,
        /// Anything between two temperatures.
        band: Option<BandRow>,
        /// The hour of the first hourly value, 0 being midnight of the plan's date.
        first_hour: Option<Hour>,
        /// One value per hour.
        hourly_c: Option<Vec<Celsius>>,
        /// The coldest each hour may turn out, as many as `hourly_c`.
        hourly_low_c: Option<Vec<Celsius>>,
        /// The warmest each hour may turn out, as many as `hourly_c`.
        hourly_high_c: Option<Vec<Celsius>>,
        /// How high above the sea the place lies that the figures are of: where the map knows heights, the
        /// air is colder higher up, by 6.5 K for a kilometre; the same everywhere if absent.
        height_m: Option<Height>,
        /// How much colder than said it may be; 0 if absent.
        colder_k: Option<Kelvins>,
        /// How much warmer than said it may be; 0 if absent.
        warmer_k: Option<Kelvins>,
    }

    /// A closed way, or a circle in which everything is closed.
    struct ClosureRow {
        /// The id of the way in the map.
        way: Option<WayId>,
        /// Two nodes of one way, both of them junctions or ends of it: what lies between is closed.
        node_from: Option<WayId>,
        /// The other of the two.
        node_to: Option<WayId>,
        /// Degrees north of the circle's middle.
        lat: Option<Latitude>,
        /// Degrees east of the circle's middle.
        lon: Option<Longitude>,
        /// The datum of the middle, if not the file's.
        datum: Option<Datum>,
        /// The circle's radius.
        radius_m: Option<Meters>,
        /// Why, as the courier is told.
        reason: String,
        /// The first date it holds.
        #[schemars(with = "Option<String>")]
        from: Option<Date>,
        /// The last date it holds.
        #[schemars(with = "Option<String>")]
        until: Option<Date>,
    }

    /// One errand. An order with one option may say it directly: lat, lon, windows ...
    struct OrderRow {
        /// The id.
        id: String,
        /// What it is about; "deliver" if absent.
        kind: Option<Kind>,
        /// How it ranks; "ordinary" if absent.
        tier: Option<Tier>,
        /// The code of its product class, if it travels in a cold box.
        class: Option<String>,
        /// The code of its product, as `INSULIN_UNOPENED`; its class then need not be named.
        product: Option<String>,
        /// The batch of its product.
        batch: Option<String>,
        /// The manufacturer's document that allows time out of refrigeration; none is allowed if
        /// absent.
        document: Option<String>,
        /// Which budget of the product the document is about; needed when there are several.
        budget: Option<String>,
        /// How long its goods were out of refrigeration before, over their whole life; 0 if absent.
        out_before_min: Option<Minutes>,
        /// Mass; 0 if absent.
        mass_kg: Option<Kilograms>,
        /// Volume; 0 if absent.
        volume_l: Option<Litres>,
        /// Number of parcels; 1 if absent.
        pieces: Option<Pieces>,
        /// The ways of serving it; exactly one is used.
        options: Option<Vec<OptionRow>>,
        /// Where goods change hands, of the only option.
        hand_over: Option<HandOver>,
        /// Degrees north, of the only option.
        lat: Option<Latitude>,
        /// Degrees east, of the only option.
        lon: Option<Longitude>,
        /// When service may begin, of the only option.
        #[schemars(with = "Option<Vec<WindowShape>>")]
        windows: Option<Vec<Window>>,
        /// How long service takes, of the only option.
        service_min: Option<Minutes>,
        /// How cold goods get to the recipient's hand, of the only option.
        doorstep: Option<DoorstepRow>,
        /// What it costs beside the way, of the only option.
        price: Option<Amount>,
        /// Where a shipment is fetched, of the only option.
        pickup: Option<CallRow>,
        /// The datum of its coordinates, if not the file's.
        datum: Option<Datum>,
        /// The recipient agreed to a pick-up point; false if absent.
        consent: Option<bool>,
        /// What the courier must be able to do.
        #[schemars(default)]
        skills: Vec<String>,
        /// The station of its goods, or "*" when any may serve it; needed when there are several.
        station: Option<String>,
        /// When its goods are ready at the station.
        #[schemars(with = "Option<String>")]
        ready_at: Option<Time>,
        /// When collected goods must be at the station.
        #[schemars(with = "Option<String>")]
        due_back: Option<Time>,
        /// The line-haul truck it comes or leaves with.
        truck: Option<String>,
        /// A promise from order to hand, of a delivery.
        urgent: Option<UrgentRow>,
        /// What leaving it out costs; makes the order optional.
        prize: Option<Amount>,
        /// The vehicle it is pinned to.
        vehicle: Option<String>,
        /// The position it is pinned to.
        position: Option<Position>,
        /// The recipient's or sender's name.
        name: Option<String>,
        /// The village or site.
        village: Option<String>,
        /// The phone number.
        phone: Option<String>,
        /// A note for the courier.
        note: Option<String>,
        /// Cash to take at hand-over; 0 if absent.
        cash_on_delivery: Option<Amount>,
    }

    /// The last metres from the vehicle to the recipient's hand, out of the box.
    struct DoorstepRow {
        /// The walk.
        walk_min: Minutes,
        /// Finding the recipient, checking, signing; 1 if absent.
        hand_over_min: Option<Minutes>,
        /// The goods are in a padded pouch; false if absent.
        pouch: Option<bool>,
    }

    /// A promise to have goods in hand so long after the order.
    struct UrgentRow {
        /// When the order was placed.
        #[schemars(with = "String")]
        ordered_at: Time,
        /// How long the promise is, to the end of the hand-over; 30 if absent.
        within_min: Option<Minutes>,
        /// How long picking and packing take; 5 if absent.
        picking_min: Option<Minutes>,
    }

    /// One way of serving an order.
    struct OptionRow {
        /// Where goods change hands; "home" if absent.
        hand_over: Option<HandOver>,
        /// Degrees north.
        lat: Latitude,
        /// Degrees east.
        lon: Longitude,
        /// When service may begin; at any time if absent.
        #[schemars(with = "Option<Vec<WindowShape>>")]
        windows: Option<Vec<Window>>,
        /// How long service takes; 5 if absent.
        service_min: Option<Minutes>,
        /// How cold goods get to the recipient's hand; not looked at if absent.
        doorstep: Option<DoorstepRow>,
        /// What it costs beside the way; 0 if absent.
        price: Option<Amount>,
        /// Where a shipment is fetched.
        pickup: Option<CallRow>,
    }

    /// A place to be at.
    struct CallRow {
        /// Degrees north.
        lat: Latitude,
        /// Degrees east.
        lon: Longitude,
        /// When service may begin; at any time if absent.
        #[schemars(with = "Option<Vec<WindowShape>>")]
        windows: Option<Vec<Window>>,
        /// How long service takes; 5 if absent.
        service_min: Option<Minutes>,
        /// The village or site of the pickup, as the courier calls it.
        village: Option<String>,
    }

    /// The given route of one vehicle.
    struct StartRow {
        /// The vehicle's id.
        vehicle: String,
        /// Its trips, each a list of stops.
        trips: Vec<Vec<StopShape>>,
        /// How many stops, from the first on, are done or must stay; 0 if absent.
        frozen: Option<Place>,
    }

    /// One stop of a given route.
    struct StopRow {
        /// The order's id; a shipment is named twice, for its pickup and its delivery.
        order: String,
        /// Which of the order's options is used, from 0; 0 if absent.
        option: Option<Place>,
    }
}

impl DayFile {
    /// Reads the calendar first: every clock time depends on it. A date or zone of the wrong type
    /// is left to the reading proper.
    pub(super) fn set_calendar(node: &Node<'_>, reader: &mut Reader<'_>) {
        let Value::Object(entries) = &node.value else { return };
        let text = |name: &str| {
            let entry = entries.iter().find(|entry| entry.key == name)?;
            if let Value::Text(text) = &entry.node.value {
                Some((text, entry.node.at))
            } else {
                None
            }
        };
        let Some((date, date_at)) = text("date") else { return };
        let zone = text("zone");
        let name = zone.map_or("Asia/Shanghai", |(zone, _)| zone.as_ref());
        match crate::format::Calendar::told(date, name) {
            Ok(calendar) => reader.calendar = calendar,
            Err(fault) => {
                let at = if fault.field_name() == "zone" { zone.map(|(_, at)| at) } else { None };
                let field = fault.field_name().to_owned();
                let spot = Spot { path: String::new(), at: at.unwrap_or(date_at) };
                reader.report_at(&spot, &field, *fault);
            }
        }
    }

    /// True when the file says it is of this format; otherwise that is the one fault reported.
    pub(super) fn is_this_version(node: &Node<'_>, reader: &mut Reader<'_>) -> bool {
        let Value::Object(entries) = &node.value else { return true };
        let Some(entry) = entries.iter().find(|entry| entry.key == "format") else { return true };
        let Value::Number(text) = entry.node.value else { return true };
        if text == "1" {
            return true;
        }
        let fault = Fault::new(Code::Version, "format 1, which this program reads").value(text);
        reader.report_at(&Spot { path: String::new(), at: entry.node.at }, "format", fault);
        false
    }
}

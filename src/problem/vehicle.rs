//! Vehicles: what drives, when, for whom, with which cold boxes.

use std::ops::{Add, AddAssign};

use crate::cold::{Conditioning, Means, PackOut};
use crate::error::{Code, Fault};
use crate::problem::{Battery, CompartmentUse};
use crate::units::{Grams, Metres, Millilitres, Money, Seconds, Time, Window};

/// Mass, volume and pieces of goods, or how much of them a vehicle takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantity {
    /// Mass.
    pub mass: Grams,
    /// Volume; goods in a cold box fill the box, not the vehicle.
    pub volume: Millilitres,
    /// Number of parcels.
    pub pieces: i64,
}

impl Quantity {
    /// No limit on anything.
    pub const UNLIMITED: Self =
        Self { mass: Grams::UNLIMITED, volume: Millilitres::UNLIMITED, pieces: Grams::UNLIMITED.0 };

    /// So many parcels without mass or volume.
    pub fn pieces(pieces: i64) -> Self {
        Self { pieces, ..Self::default() }
    }

    /// Sets the mass.
    #[must_use]
    pub fn mass(mut self, mass: Grams) -> Self {
        self.mass = mass;
        self
    }

    /// Sets the volume.
    #[must_use]
    pub fn volume(mut self, volume: Millilitres) -> Self {
        self.volume = volume;
        self
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            mass: self.mass + other.mass,
            volume: self.volume + other.volume,
            pieces: self.pieces + other.pieces,
        }
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// Cold boxes of one kind on a vehicle, packed alike, kept for one product class.
#[derive(Clone, Debug, PartialEq)]
pub struct ColdBox {
    pub(crate) pack_out: PackOut,
    pub(crate) count: u32,
    pub(crate) sets: Option<u32>,
    pub(crate) class: String,
    pub(crate) conditioning: Conditioning,
    pub(crate) is_auto: bool,
    pub(crate) papers: Vec<BoxPapers>,
}

/// What is written down of one box for the day: its seal, its logger, its qualification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoxPapers {
    /// The number of its seal.
    pub seal: String,
    /// The id of its logger.
    pub logger: String,
    /// The last date on which the logger's calibration holds, as `2026-06-30`; empty when not known.
    pub calibration_due: String,
    /// Where in the box the logger lies.
    pub position: String,
    /// The number of the report that qualifies the box for its pack-out.
    pub report: String,
}

impl ColdBox {
    /// One box of `pack_out` for goods of the class with code `class`.
    pub fn new(pack_out: PackOut, class: impl Into<String>, conditioning: Conditioning) -> Self {
        Self {
            pack_out,
            count: 1,
            sets: None,
            class: class.into(),
            conditioning,
            is_auto: false,
            papers: Vec::new(),
        }
    }

    /// One box whose coolant is conditioned as the day's weather asks: frozen, liquid or half melted,
    /// whichever holds longest. In a built day [`ColdBox::conditioning`] says which.
    pub fn auto(pack_out: PackOut, class: impl Into<String>) -> Self {
        Self { is_auto: true, ..Self::new(pack_out, class, Conditioning::Half) }
    }

    /// Sets how many there are.
    #[must_use]
    pub fn count(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// Sets how many times in the day a box of these can be closed with conditioned coolant: the sets that
    /// lie ready at the station, for all of them together. Each box that rides with goods takes one when it
    /// is closed for a trip. As many as trips need if not set.
    #[must_use]
    pub fn sets(mut self, sets: u32) -> Self {
        self.sets = Some(sets);
        self
    }

    /// Sets how long the lid is open each time, where the courier is quicker or slower than the
    /// packing says. Openings that the goods cannot stand may be shortened so: at -22 °C one minute is
    /// too long for a box of 5 °C, half a minute is not.
    #[must_use]
    pub fn open_for(mut self, opening: Seconds) -> Self {
        self.pack_out.opening = opening;
        self
    }

    /// Adds the papers of its next box, first to last.
    #[must_use]
    pub fn papers(mut self, papers: BoxPapers) -> Self {
        self.papers.push(papers);
        self
    }

    /// The papers of one of its boxes, counted from 1.
    pub fn papers_of(&self, number: u32) -> Option<&BoxPapers> {
        self.papers.get((number as usize).checked_sub(1)?)
    }

    /// Sets of coolant for boxes that have none, and none of them for boxes that do.
    pub(crate) fn sets_fault(&self, place: &str) -> Option<Fault> {
        let sets = self.sets?;
        let (code, expected) = match self.pack_out.means {
            Means::Coolant if sets > 0 => return None,
            Means::Coolant => (Code::OutOfRange, "at least 1 set of coolant, or no such box"),
            _ => (Code::Contradiction, "no sets of coolant, as the box has no coolant"),
        };
        Some(Fault::new(code, expected).place(place).field("boxes.sets").value(sets))
    }

    /// More papers than boxes, and loggers whose calibration has expired on a date.
    pub(crate) fn papers_faults(&self, place: &str, date: &str) -> Vec<Fault> {
        let mut found = Vec::new();
        if self.papers.len() > self.count as usize {
            let expected = format!("at most {} papers, one for each box", self.count);
            found.push(
                Fault::new(Code::Contradiction, expected)
                    .place(place)
                    .field("boxes.papers")
                    .value(self.papers.len()),
            );
        }
        // Dates as `2026-01-28` sort as their text does.
        let is_over = |due: &str| !due.is_empty() && due.len() == date.len() && due < date;
        for papers in self.papers.iter().filter(|one| is_over(&one.calibration_due)) {
            let expected =
                format!("a date not before {date}, as logger {} rides then", papers.logger);
            found.push(
                Fault::new(Code::OutOfRange, expected)
                    .place(place)
                    .field("boxes.papers.calibration_due")
                    .value(&papers.calibration_due),
            );
        }
        found
    }

    /// The qualified packing.
    pub fn pack_out(&self) -> &PackOut {
        &self.pack_out
    }

    /// The code of the class it is kept for.
    pub fn class_code(&self) -> &str {
        &self.class
    }

    /// How its coolant is conditioned.
    pub fn conditioning(&self) -> Conditioning {
        self.conditioning
    }

    /// How many there are.
    pub fn count_value(&self) -> u32 {
        self.count
    }

    /// How many sets of conditioned coolant lie ready for them; none where there are enough.
    pub fn sets_value(&self) -> Option<u32> {
        self.sets
    }
}

/// How long a courier may drive without a rest, and how long the rest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrivingRule {
    /// Driving time after which a rest is due.
    pub drive: Seconds,
    /// How long a rest must be.
    pub rest: Seconds,
}

impl DrivingRule {
    /// At most four hours of driving without twenty minutes of rest: the rule for drivers in China
    /// (regulation for the Road Traffic Safety Law, article 62).
    pub const FOUR_HOURS: Self = Self { drive: Seconds::hours(4), rest: Seconds::minutes(20) };
}

/// One vehicle with its courier and shift.
#[derive(Clone, Debug, PartialEq)]
pub struct Vehicle {
    pub(crate) id: String,
    pub(crate) profile: String,
    pub(crate) station: Option<String>,
    pub(crate) shift: Window,
    pub(crate) capacity: Quantity,
    pub(crate) boxes: Vec<ColdBox>,
    pub(crate) skills: Vec<String>,
    pub(crate) fixed: Money,
    pub(crate) per_second: Money,
    pub(crate) per_metre: Money,
    pub(crate) max_duration: Seconds,
    pub(crate) max_length: Metres,
    pub(crate) battery: Option<Battery>,
    pub(crate) compartment: Option<CompartmentUse>,
    pub(crate) driving: Option<DrivingRule>,
    pub(crate) parking: Seconds,
    pub(crate) trips: u32,
    pub(crate) reload: Seconds,
    pub(crate) packing: Seconds,
    pub(crate) delivers_first: bool,
    pub(crate) origin: String,
}

impl Vehicle {
    /// A vehicle on the roads as the profile named `profile` may use them: from 08:00 to 20:00,
    /// one trip, 30 an hour and 0.80 a kilometre, the four-hour driving rule, a minute of parking.
    pub fn new(id: impl Into<String>, profile: impl Into<String>) -> Self {
        let shift = Window::new(Time::at(8, 0), Time::at(20, 0)).unwrap_or(Window::ALWAYS);
        Self {
            id: id.into(),
            profile: profile.into(),
            station: None,
            shift,
            capacity: Quantity::UNLIMITED,
            boxes: Vec::new(),
            skills: Vec::new(),
            fixed: Money::ZERO,
            per_second: Money::units(30.0 / 3600.0),
            per_metre: Money::units(0.8 / 1000.0),
            max_duration: Seconds::UNLIMITED,
            max_length: Metres::UNLIMITED,
            battery: None,
            compartment: None,
            driving: Some(DrivingRule::FOUR_HOURS),
            parking: Seconds::minutes(1),
            trips: 1,
            reload: Seconds::minutes(20),
            packing: Seconds::minutes(10),
            delivers_first: false,
            origin: String::new(),
        }
    }

    /// An electric cargo tricycle: 400 kg, 1.5 m³.
    pub fn tricycle(id: impl Into<String>) -> Self {
        let load = Quantity::UNLIMITED.mass(Grams(400_000)).volume(Millilitres(1_500_000));
        Self::new(id, "electric_tricycle").capacity(load).max_length(Metres(60_000))
    }

    /// An electric van: 700 kg, 4 m³. Its battery is yet to be [set](Vehicle::battery).
    pub fn electric_van(id: impl Into<String>) -> Self {
        let load = Quantity::UNLIMITED.mass(Grams(700_000)).volume(Millilitres(4_000_000));
        Self::new(id, "electric_van").capacity(load)
    }

    /// A minivan: 700 kg, 4 m³.
    pub fn minivan(id: impl Into<String>) -> Self {
        let load = Quantity::UNLIMITED.mass(Grams(700_000)).volume(Millilitres(4_000_000));
        Self::new(id, "minivan").capacity(load)
    }

    /// A four-wheel-drive pickup: 500 kg, 2 m³, and tracks.
    pub fn four_by_four(id: impl Into<String>) -> Self {
        let load = Quantity::UNLIMITED.mass(Grams(500_000)).volume(Millilitres(2_000_000));
        Self::new(id, "four_by_four").capacity(load)
    }

    /// A motorbike: 60 kg, 200 l.
    pub fn motorbike(id: impl Into<String>) -> Self {
        let load = Quantity::UNLIMITED.mass(Grams(60_000)).volume(Millilitres(200_000));
        Self::new(id, "motorbike").capacity(load)
    }

    /// Names its station; needed only when there are several.
    #[must_use]
    pub fn station(mut self, id: impl Into<String>) -> Self {
        self.station = Some(id.into());
        self
    }

    /// Sets when it may leave first and must be back last.
    #[must_use]
    pub fn shift(mut self, shift: Window) -> Self {
        self.shift = shift;
        self
    }

    /// Sets how much it takes.
    #[must_use]
    pub fn capacity(mut self, capacity: Quantity) -> Self {
        self.capacity = capacity;
        self
    }

    /// Adds cold boxes.
    #[must_use]
    pub fn cold_box(mut self, boxes: ColdBox) -> Self {
        self.boxes.push(boxes);
        self
    }

    /// Adds a skill of its courier.
    #[must_use]
    pub fn skill(mut self, skill: impl Into<String>) -> Self {
        self.skills.push(skill.into());
        self
    }

    /// Sets what it costs: once when used, per hour away from the station, per kilometre. Rates are
    /// rounded to a millionth per second and per metre.
    #[must_use]
    pub fn costs(mut self, fixed: f64, per_hour: f64, per_km: f64) -> Self {
        self.fixed = Money::units(fixed);
        self.per_second = Money::units(per_hour / 3600.0);
        self.per_metre = Money::units(per_km / 1000.0);
        self
    }

    /// Sets how long it may be away from first departure to last return.
    #[must_use]
    pub fn max_duration(mut self, limit: Seconds) -> Self {
        self.max_duration = limit;
        self
    }

    /// Sets how far it may drive in all: its range.
    #[must_use]
    pub fn max_length(mut self, limit: Metres) -> Self {
        self.max_length = limit;
        self
    }

    /// Sets the battery its whole day is driven on: a hard limit on the energy of way and time. Between
    /// trips it is charged or swapped only where it [says so](Battery::charge_kw).
    #[must_use]
    pub fn battery(mut self, battery: Battery) -> Self {
        self.battery = Some(battery);
        self
    }

    /// Sets the rule on driving without a rest, or none.
    #[must_use]
    pub fn driving(mut self, rule: Option<DrivingRule>) -> Self {
        self.driving = rule;
        self
    }

    /// Sets a compartment that is kept at a set-point all day. What it draws at the most in the day's air
    /// comes out of the battery, where there is one, beside [`Battery::draw_kw`]. Where it
    /// [carries](CompartmentUse::carries) goods of a class it is one more of the vehicle's boxes in a built
    /// day. It is loaded at the station with its set-point reached, on the station's current.
    #[must_use]
    pub fn compartment(mut self, kept: CompartmentUse) -> Self {
        self.compartment = Some(kept);
        self
    }

    /// The compartment that is kept at a set-point, if there is one.
    pub fn kept_compartment(&self) -> Option<&CompartmentUse> {
        self.compartment.as_ref()
    }

    /// Sets the time lost on each arrival at another place: parking, walking.
    #[must_use]
    pub fn parking(mut self, time: Seconds) -> Self {
        self.parking = time;
        self
    }

    /// Sets how many trips it may make, each but the first after reloading at its station.
    #[must_use]
    pub fn trips(mut self, trips: u32) -> Self {
        self.trips = trips;
        self
    }

    /// Sets how long it takes to reload at the station between two trips.
    #[must_use]
    pub fn reload(mut self, time: Seconds) -> Self {
        self.reload = time;
        self
    }

    /// Sets how long before departure the cold boxes are closed.
    #[must_use]
    pub fn packing(mut self, time: Seconds) -> Self {
        self.packing = time;
        self
    }

    /// Says whether each of its trips makes every delivery (goods or service from the station)
    /// before its first collection, and collects only if it delivers. Shipments stand anywhere.
    #[must_use]
    pub fn deliver_first(mut self, is_first: bool) -> Self {
        self.delivers_first = is_first;
        self
    }

    /// Says where the vehicle was read, for error messages.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of its road profile.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// When it may leave first and must be back last.
    pub fn shift_window(&self) -> Window {
        self.shift
    }

    /// How much it takes.
    pub fn capacity_value(&self) -> Quantity {
        self.capacity
    }

    /// Its cold boxes.
    pub fn boxes(&self) -> &[ColdBox] {
        &self.boxes
    }

    /// The skills of its courier.
    pub fn skills(&self) -> &[String] {
        &self.skills
    }

    /// What using it at all costs.
    pub fn fixed_cost(&self) -> Money {
        self.fixed
    }

    /// What a second away from the station costs.
    pub fn cost_per_second(&self) -> Money {
        self.per_second
    }

    /// What a metre costs.
    pub fn cost_per_metre(&self) -> Money {
        self.per_metre
    }

    /// How long it may be away.
    pub fn duration_limit(&self) -> Seconds {
        self.max_duration
    }

    /// How far it may drive.
    pub fn length_limit(&self) -> Metres {
        self.max_length
    }

    /// The rule on driving without a rest.
    pub fn driving_rule(&self) -> Option<DrivingRule> {
        self.driving
    }

    /// The time lost on each arrival at another place.
    pub fn parking_time(&self) -> Seconds {
        self.parking
    }

    /// How many trips it may make.
    pub fn trip_limit(&self) -> u32 {
        self.trips
    }

    /// How long reloading takes; where the battery is swapped meanwhile, as long as that at least.
    pub fn reload_time(&self) -> Seconds {
        let swap = self.battery.as_ref().and_then(|battery| battery.swap);
        self.reload.max(swap.unwrap_or(self.reload))
    }

    /// How long before departure its cold boxes are closed.
    pub fn packing_time(&self) -> Seconds {
        self.packing
    }

    /// True when each of its trips delivers before it collects.
    pub fn delivers_first(&self) -> bool {
        self.delivers_first
    }
}

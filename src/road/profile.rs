//! A kind of vehicle on the road: which ways it may use, in which direction, how fast.
//!
//! `no` (and `forestry`, `agricultural` ...) closes a road; `destination`, `delivery`, `customers` and
//! `permissive` leave it open. `private` is open to those who have a stop there, and to nobody who
//! passes through.

use std::sync::Arc;

use jiff::civil::Date;

use super::attributes::Attributes;
use super::energy::{Drive, Physics};
use super::matrix::NoRoad;
use super::speeds::{SpeedTable, VehicleRow};
use super::values::{duration, maxspeed_kmh};
use crate::error::{Code, Fault, Result};
use crate::units::{Leg, Metres, Seconds};

/// Access values that open a road to a vehicle whose kind may not use it otherwise.
const OPENING: [&str; 5] = ["yes", "permissive", "designated", "destination", "delivery"];
/// Metres per second in one km/h.
const MPS_PER_KMH: f64 = 1.0 / 3.6;

/// A kind of vehicle and its table of speeds.
///
/// ```
/// use lastmile::road::Profile;
/// let van = Profile::by_name("minivan").ok_or("no such profile")?;
/// assert_eq!(van, Profile::minivan());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct Profile {
    table: Arc<SpeedTable>,
    /// Index into the table's vehicles.
    row: usize,
    season: Season,
    /// The day driven; nothing when it is not known.
    date: Option<Date>,
    celsius: f64,
    /// With driver and load, where it is not the table's.
    mass_kg: Option<f64>,
    /// The longest leg it drives.
    reach: Option<Metres>,
    /// Where the roads are, as an index into the table's regions.
    region: Option<usize>,
    /// What is not heeded, to find out why there is no way.
    unheeded: Option<NoRoad>,
    /// Whether private ground is open to it.
    guest: bool,
}

/// The state of the roads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Season {
    /// Dry or a little rain: the tables' own speeds.
    #[default]
    Dry,
    /// Long rains: soft tracks, deep fords, `wet` conditions hold.
    Wet,
    /// Snow and ice: winter and ice roads are open, `snow` conditions hold.
    Winter,
}

/// How fast a way is driven.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// At a speed in km/h.
    Kmh(f64),
    /// A ferry that takes this long over its whole way.
    Whole(Seconds),
}

/// How a profile may use a way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Passage {
    pub(super) forward: bool,
    pub(super) backward: bool,
    /// Whether only those may use it who have a stop there.
    pub(super) private: bool,
    /// The wait for it, where it is a ferry; nothing on roads.
    pub(super) wait: Option<Seconds>,
    pub(super) pace: Pace,
}

/// Profiles are equal when they share a table, a vehicle and a season.
impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        let same_table = Arc::ptr_eq(&self.table, &other.table) || self.table == other.table;
        same_table
            && self.row == other.row
            && self.season == other.season
            && self.date == other.date
            && self.celsius.to_bits() == other.celsius.to_bits()
            && self.mass_kg.map(f64::to_bits) == other.mass_kg.map(f64::to_bits)
            && (self.reach, self.region) == (other.reach, other.region)
    }
}

impl Profile {
    /// The names of the built-in profiles.
    pub const NAMES: [&'static str; 5] =
        ["electric_tricycle", "electric_van", "minivan", "four_by_four", "motorbike"];

    /// Vehicle number `row` of `table`.
    pub(super) fn new(table: Arc<SpeedTable>, row: usize) -> Self {
        Self {
            table,
            row,
            season: Season::Dry,
            date: None,
            celsius: 20.0,
            mass_kg: None,
            reach: None,
            region: None,
            unheeded: None,
            guest: false,
        }
    }

    /// A loaded electric cargo tricycle, 25 km/h.
    pub fn electric_tricycle() -> Self {
        Self::builtin("electric_tricycle")
    }

    /// An electric van, 60 km/h.
    pub fn electric_van() -> Self {
        Self::builtin("electric_van")
    }

    /// A microvan, 60 km/h.
    pub fn minivan() -> Self {
        Self::builtin("minivan")
    }

    /// A four-wheel-drive pickup, 80 km/h.
    pub fn four_by_four() -> Self {
        Self::builtin("four_by_four")
    }

    /// A delivery motorbike, 40 km/h.
    pub fn motorbike() -> Self {
        Self::builtin("motorbike")
    }

    /// The built-in profile of this name, one of [`Profile::NAMES`].
    pub fn by_name(name: &str) -> Option<Self> {
        SpeedTable::builtin().profile(name)
    }

    fn builtin(name: &str) -> Self {
        Self::by_name(name).expect("the built-in table has every built-in vehicle")
    }

    /// The same vehicle in winter: slower off the tarmac, and winter and ice roads are open.
    #[must_use]
    pub fn in_winter(self) -> Self {
        self.in_season(Season::Winter)
    }

    /// The same vehicle on roads in this state.
    #[must_use]
    pub fn in_season(mut self, season: Season) -> Self {
        self.season = season;
        self
    }

    /// The same vehicle on a day, as `2026-01-28`: seasonal and conditional access and limits are
    /// those of the day. Without a day, conditions that speak of dates or hours are passed over.
    ///
    /// # Errors
    /// When the text is no day.
    pub fn on(mut self, date: &str) -> Result<Self> {
        let day = date.parse().map_err(|_| {
            Fault::new(Code::Syntax, "a day such as 2026-01-28").field("date").value(date)
        })?;
        self.date = Some(day);
        Ok(self)
    }

    /// The same vehicle at this temperature of the air; 20 degrees unless set. Cold air is dense and
    /// cabs are heated.
    #[must_use]
    pub fn at_celsius(mut self, celsius: f64) -> Self {
        self.celsius = if celsius.is_finite() { celsius.clamp(-60.0, 60.0) } else { 20.0 };
        self
    }

    /// The same vehicle with this mass in kilograms, driver and load included, on slopes and for its
    /// energy; the table's mass unless set. Values that are no mass leave it as it is.
    #[must_use]
    pub fn weighing(mut self, mass_kg: f64) -> Self {
        if (1.0..=100_000.0).contains(&mass_kg) {
            self.mass_kg = Some(mass_kg);
        }
        self
    }

    /// The same vehicle when no leg may be longer than this: cells beyond are
    /// [out of range](NoRoad::OutOfRange).
    #[must_use]
    pub fn reaching(mut self, range: Metres) -> Self {
        self.reach = Some(range);
        self
    }

    /// The same vehicle in a region of its table, whose roads without a tagged surface are what they
    /// mostly are there.
    ///
    /// # Errors
    /// When the table has no such region.
    pub fn in_region(mut self, region: &str) -> Result<Self> {
        let number = self.table.regions().position(|name| name == region).ok_or_else(|| {
            let known: Vec<&str> = self.table.regions().collect();
            let expected = format!("one of the regions {}", known.join(", "));
            Fault::new(Code::UnknownName, expected).field("region").value(region)
        })?;
        self.region = Some(number);
        Ok(self)
    }

    /// The leg, unless it is longer than the vehicle's range.
    pub(super) fn within_reach(&self, leg: Leg) -> std::result::Result<Leg, NoRoad> {
        let is_beyond = self.reach.is_some_and(|reach| leg.metres > reach);
        if is_beyond { Err(NoRoad::OutOfRange) } else { Ok(leg) }
    }

    /// The longest leg it drives, if there is one.
    pub(super) fn reach(&self) -> Option<Metres> {
        self.reach
    }

    /// True when it runs on a battery.
    pub fn is_electric(&self) -> bool {
        self.vehicle().engine.drive == Drive::Electric
    }

    /// Engine, mass and air.
    pub(super) fn physics(&self) -> Physics<'_> {
        let vehicle = self.vehicle();
        Physics {
            engine: &vehicle.engine,
            mass_kg: self.mass_kg.unwrap_or(vehicle.mass_kg),
            celsius: self.celsius,
            wintry: self.season == Season::Winter,
        }
    }

    /// The same without load and with all of it; where its mass is given, that is all it ever weighs.
    pub(super) fn loads(&self) -> [Physics<'_>; 2] {
        let full = self.physics();
        let empty_kg = full.engine.empty_kg.unwrap_or(full.mass_kg / 2.0).min(full.mass_kg);
        let empty_kg = if self.mass_kg.is_some() { full.mass_kg } else { empty_kg };
        [Physics { mass_kg: empty_kg, ..full }, full]
    }

    /// Whether a way is paved by its table.
    pub(super) fn is_paved(&self, way: &Attributes) -> bool {
        self.table.is_paved(way, self.region)
    }

    /// The same vehicle if one kind of hindrance were none.
    pub(super) fn unheeding(mut self, hindrance: NoRoad) -> Self {
        self.unheeded = Some(hindrance);
        self
    }

    /// The same vehicle with a stop on whatever private ground it comes to.
    pub(super) fn welcome(mut self) -> Self {
        self.guest = true;
        self
    }

    /// Whether only those may use a way who have a stop there.
    fn is_private(&self, tags: &Attributes) -> bool {
        let is_private = |access: &str| self.table.private_values.iter().any(|v| v == access);
        self.heeds(NoRoad::Forbidden) && self.access_today(tags).is_some_and(is_private)
    }

    /// Whether a kind of hindrance counts.
    pub(super) fn heeds(&self, hindrance: NoRoad) -> bool {
        self.unheeded != Some(hindrance)
    }

    /// The day it drives on, where that is known.
    pub(super) fn date(&self) -> Option<Date> {
        self.date
    }

    /// The state of the roads it drives on.
    pub fn season(&self) -> Season {
        self.season
    }

    /// The time it takes to turn round at a dead end.
    pub(super) fn u_turn(&self) -> Seconds {
        Seconds(self.vehicle().u_turn_s.into())
    }

    /// The vehicle's name in its table.
    pub fn name(&self) -> &str {
        &self.vehicle().name
    }

    /// The fastest it ever goes, km/h.
    pub fn top_kmh(&self) -> f64 {
        self.vehicle().top_kmh
    }

    /// The time from a door to the road, at the table's pace.
    pub fn access_ms(&self, access: Metres) -> f64 {
        access.as_f64() / (self.table.access_to_road.kmh * MPS_PER_KMH) * 1000.0
    }

    /// The wait before a ferry: half of what lies between two of them where that is tagged, as who
    /// comes at any time waits on average, else the table's.
    fn ferry_wait(&self, way: &Attributes) -> Seconds {
        let interval = way.get("interval").and_then(duration);
        interval.map_or(Seconds(self.table.ferry.wait_s.into()), |apart| Seconds(apart.0 / 2))
    }

    pub(super) fn vehicle(&self) -> &VehicleRow {
        &self.table.vehicles[self.row]
    }

    /// How it may use a way, or nothing when it may not.
    pub(super) fn passage(&self, way: &Attributes) -> Option<Passage> {
        if !self.fits(way) {
            return None;
        }
        let ferry = way.get("highway").is_none() && way.is("route", "ferry");
        if !self.opens(way) {
            return None;
        }
        let pace = if ferry { self.ferry_pace(way)? } else { Pace::Kmh(self.road_kmh(way)?) };
        let wait = ferry.then(|| self.ferry_wait(way));
        let (forward, backward) = self.directions(way);
        let private = self.is_private(way);
        (forward || backward).then_some(Passage { forward, backward, private, wait, pace })
    }

    pub(super) fn is_closed(&self, access: &str) -> bool {
        self.heeds(NoRoad::Forbidden)
            && self.table.closed_values.iter().any(|value| value == access)
    }

    /// Whether tagged limits of width and weight let it pass.
    fn fits(&self, tags: &Attributes) -> bool {
        self.misfit(tags).is_none()
    }

    fn ferry_pace(&self, way: &Attributes) -> Option<Pace> {
        if self.access_today(way).is_some_and(|access| self.is_closed(access)) {
            return None;
        }
        let tagged = way.get("duration").and_then(duration);
        Some(tagged.map_or(Pace::Kmh(self.table.ferry.kmh), Pace::Whole))
    }

    /// The speed on a road, or nothing when it may not be used.
    fn road_kmh(&self, way: &Attributes) -> Option<f64> {
        let (table, vehicle) = (&self.table, self.vehicle());
        let row = table.highway(way.get("highway")?)?;
        let winter_only =
            row.winter_only || ["winter_road", "ice_road"].iter().any(|key| way.is(key, "yes"));
        if winter_only && self.season != Season::Winter && self.heeds(NoRoad::OutOfSeason) {
            return None;
        }
        let access = self.access_today(way);
        let by_kind = row.only.as_ref().is_none_or(|only| only.contains(&vehicle.name));
        match access {
            Some(access) if self.is_closed(access) => return None,
            Some(access) if by_kind || OPENING.contains(&access) && self.is_own_tag(way) => {}
            _ if by_kind => {}
            _ => return None,
        }
        let paved = self.is_paved(way);
        let mut kmh = if paved { row.paved_kmh } else { row.unpaved_kmh };
        if let Some(tracktype) = table.tracktype(way) {
            let track = way.is("highway", "track");
            kmh = if track { tracktype.track_kmh } else { kmh.min(tracktype.cap_kmh) };
        }
        if let Some(limit_kmh) = way.get("maxspeed").and_then(maxspeed_kmh) {
            let driven = limit_kmh * vehicle.maxspeed_factor;
            kmh = if paved { driven } else { kmh.min(driven) };
        }
        let limited = self.conditional(way, "maxspeed:conditional", |v| maxspeed_kmh(v).is_some());
        if let Some(limit_kmh) = limited.and_then(|(value, _)| maxspeed_kmh(value)) {
            kmh = kmh.min(limit_kmh * vehicle.maxspeed_factor);
        }
        kmh = kmh.min(table.cap_kmh(way));
        if !paved {
            kmh *= vehicle.unpaved_factor;
            kmh *= match self.season {
                Season::Dry => 1.0,
                Season::Wet => vehicle.wet_unpaved_factor,
                Season::Winter => vehicle.winter_unpaved_factor,
            };
            kmh = kmh.min(vehicle.unpaved_cap_kmh.unwrap_or(kmh));
        }
        if way.get("ford").is_some_and(|ford| ford != "no") {
            self.ford_s(way)?;
            kmh = kmh.min(table.ford_way.kmh);
        }
        Some(kmh.min(vehicle.top_kmh)).filter(|&kmh| kmh > 0.0)
    }

    /// True when the tag it obeys is about motor vehicles or its own kind, not about everybody.
    fn is_own_tag(&self, way: &Attributes) -> bool {
        let own =
            self.vehicle().access.iter().take_while(|key| *key != "vehicle" && *key != "access");
        own.into_iter()
            .any(|key| way.get(key).is_some() || way.get(&format!("{key}:conditional")).is_some())
    }

    /// Whether the way may be driven along and against its direction.
    pub(super) fn directions(&self, way: &Attributes) -> (bool, bool) {
        let specific = self.vehicle().access.iter().filter(|key| *key != "access");
        let tagged = specific
            .map(|key| way.get(&format!("oneway:{key}")))
            .find(Option::is_some)
            .flatten()
            .or_else(|| way.get("oneway"));
        match tagged {
            Some("yes" | "true" | "1") => (true, false),
            Some("-1" | "reverse") => (false, true),
            // Its direction at the time of driving is not known.
            Some("reversible") => (false, false),
            Some("no" | "false" | "0" | "alternating") => (true, true),
            _ => {
                let implied = matches!(way.get("junction"), Some("roundabout" | "circular"))
                    || way.is("highway", "motorway");
                (true, !implied)
            }
        }
    }

    /// The time lost at a barrier or ford, or nothing when it cannot be passed.
    pub(super) fn hurdle(&self, node: &Attributes) -> Option<Seconds> {
        if !self.fits(node) {
            return None;
        }
        let ford = node.get("ford").is_some_and(|ford| ford != "no") || node.is("highway", "ford");
        let mut seconds = if ford { self.ford_s(node)? } else { 0 };
        if !self.opens(node) {
            return None;
        }
        let access = self.access_today(node);
        let keeps_out = access.is_some_and(|access| self.is_closed(access))
            || !self.guest && self.is_private(node);
        if keeps_out {
            return None;
        }
        if let Some(kind) = node.get("barrier").filter(|_| self.heeds(NoRoad::Barrier)) {
            if node.is("locked", "yes") {
                return None;
            }
            let opened = access.is_some_and(|access| OPENING.contains(&access));
            let lost = self.table.barrier_s(kind, self.vehicle().slim);
            seconds += if opened { lost.unwrap_or(self.table.unlisted_barrier_s) } else { lost? };
        }
        Some(Seconds(seconds.into()))
    }
}

#[cfg(test)]
mod tests;

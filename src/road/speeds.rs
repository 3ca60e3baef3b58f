//! Speeds as data: how fast which vehicle goes on which road, and what stops it. The built-in table
//! is `speeds.json`; a station that measures its own times reads its own table.

use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::attributes::Attributes;
use super::energy::Engine;
use super::profile::Profile;
use crate::error::{Code, Error, Fault, Result};

/// The version of the table's format this program reads.
const VERSION: u32 = 1;
/// The fastest any row may be, km/h. Bounds the length of a month's drive.
const FASTEST_KMH: f64 = 200.0;
/// The slowest any row may be, km/h.
const SLOWEST_KMH: f64 = 0.1;

/// Speeds, delays and access rules by vehicle and kind of road. Each row names its source.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeedTable {
    version: u32,
    pub(super) access_to_road: AccessRow,
    pub(super) ferry: FerryRow,
    pub(super) ford_way: AccessRow,
    /// Seconds lost at a barrier of a kind that has no row.
    pub(super) unlisted_barrier_s: u32,
    /// Values of an access tag that close a road: `no`, `forestry` ...
    pub(super) closed_values: Vec<String>,
    /// Values of an access tag that close a road to all but those with a stop there.
    pub(super) private_values: Vec<String>,
    pub(super) vehicles: Vec<VehicleRow>,
    highways: Vec<HighwayRow>,
    surfaces: Vec<SurfaceRow>,
    tracktypes: Vec<TracktypeRow>,
    smoothnesses: Vec<SmoothnessRow>,
    barriers: Vec<BarrierRow>,
    #[serde(default)]
    regions: Vec<RegionRow>,
}

/// A speed and where it comes from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessRow {
    pub(super) kmh: f64,
    source: String,
}

/// Ferries without a `duration`, and the wait before any.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FerryRow {
    pub(super) kmh: f64,
    pub(super) wait_s: u32,
    source: String,
}

/// What a kind of vehicle can do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleRow {
    pub(super) name: String,
    pub(super) top_kmh: f64,
    /// The share of a tagged `maxspeed` driven on average.
    pub(super) maxspeed_factor: f64,
    pub(super) unpaved_factor: f64,
    #[serde(default)]
    pub(super) unpaved_cap_kmh: Option<f64>,
    pub(super) winter_unpaved_factor: f64,
    /// The same after long rains.
    pub(super) wet_unpaved_factor: f64,
    /// True when it passes between bollards.
    pub(super) slim: bool,
    pub(super) width_m: f64,
    pub(super) height_m: f64,
    pub(super) length_m: f64,
    /// With load.
    pub(super) mass_kg: f64,
    /// On its heaviest axle, with load.
    pub(super) axle_kg: f64,
    /// Seconds to turn round where the road ends.
    pub(super) u_turn_s: u32,
    pub(super) engine: Engine,
    /// The access tags it obeys, the most specific first.
    pub(super) access: Vec<String>,
    /// Seconds lost at a ford, or nothing when it cannot ford.
    #[serde(default)]
    pub(super) ford_s: Option<u32>,
    /// The deepest water it fords, metres.
    #[serde(default)]
    pub(super) ford_depth_m: f64,
    /// Whether it fords after long rains where no depth is tagged.
    #[serde(default)]
    pub(super) ford_wet: bool,
    source: String,
}

/// A value of `highway`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HighwayRow {
    name: String,
    /// Whether it is paved where nothing is tagged.
    pub(super) paved: bool,
    pub(super) paved_kmh: f64,
    pub(super) unpaved_kmh: f64,
    /// The vehicles it is open to without a tag that says so; all when absent.
    #[serde(default)]
    pub(super) only: Option<Vec<String>>,
    #[serde(default)]
    pub(super) winter_only: bool,
    source: String,
}

/// A value of `surface`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SurfaceRow {
    name: String,
    paved: bool,
    #[serde(default)]
    cap_kmh: Option<f64>,
    source: String,
}

/// A value of `tracktype`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TracktypeRow {
    name: String,
    /// The speed on a track of this type.
    pub(super) track_kmh: f64,
    /// The most on any other road so tagged.
    pub(super) cap_kmh: f64,
    source: String,
}

/// A value of `smoothness`; a cap of zero closes the road.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmoothnessRow {
    name: String,
    #[serde(default)]
    cap_kmh: Option<f64>,
    source: String,
}

/// A value of `barrier`: seconds lost by wide and slim vehicles; nothing when they cannot pass.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct BarrierRow {
    name: String,
    #[serde(default)]
    wide_s: Option<u32>,
    #[serde(default)]
    slim_s: Option<u32>,
    source: String,
}

/// A region in which other kinds of road are paved where nothing is tagged.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionRow {
    name: String,
    /// Values of `highway` that are paved there.
    #[serde(default)]
    paved: Vec<String>,
    /// Values of `highway` that are not.
    #[serde(default)]
    unpaved: Vec<String>,
    source: String,
}

static BUILTIN: LazyLock<Arc<SpeedTable>> = LazyLock::new(|| {
    let table = SpeedTable::parse("speeds.json", include_str!("speeds.json"));
    Arc::new(table.expect("the built-in table is read by a test"))
});

impl SpeedTable {
    /// The table that comes with the crate: starting values to be fitted, not findings.
    pub fn builtin() -> Arc<Self> {
        Arc::clone(&BUILTIN)
    }

    /// The table in `text`, in the format of the built-in one; `name` is used in messages.
    ///
    /// # Errors
    /// When the text is not such a table, or a speed is not between 0.1 and 200 km/h.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let table: Self = serde_json::from_str(text).map_err(|error| {
            Fault::new(Code::Syntax, "a table of speeds").file(name).value(error)
        })?;
        let faults = table.faults();
        if faults.is_empty() { Ok(table) } else { Err(Error::input(faults).in_file(name)) }
    }

    /// The profile of the vehicle of this name, or nothing.
    pub fn profile(self: &Arc<Self>, name: &str) -> Option<Profile> {
        let row = self.vehicles.iter().position(|vehicle| vehicle.name == name)?;
        Some(Profile::new(Arc::clone(self), row))
    }

    /// The names of all vehicles in the table.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.vehicles.iter().map(|vehicle| vehicle.name.as_str())
    }

    /// Everything in the table that would break a calculation.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.version != VERSION {
            faults
                .push(Fault::new(Code::Version, "version 1").field("version").value(self.version));
        }
        for row in &self.vehicles {
            if let Some((field, value)) = row.engine.fault() {
                let place = format!("{}: engine", row.name);
                let expected = "a number that an engine can have";
                faults.push(
                    Fault::new(Code::OutOfRange, expected).place(place).field(field).value(value),
                );
            }
        }
        for (place, value) in self.numbers() {
            let allowed =
                if place.ends_with("factor") { 0.01..=5.0 } else { SLOWEST_KMH..=FASTEST_KMH };
            if !allowed.contains(&value) {
                let expected = format!("a number from {} to {}", allowed.start(), allowed.end());
                faults.push(Fault::new(Code::OutOfRange, expected).place(place).value(value));
            }
        }
        faults
    }

    /// All speeds and factors, with their places.
    fn numbers(&self) -> Vec<(String, f64)> {
        let mut all = vec![
            ("access_to_road".to_owned(), self.access_to_road.kmh),
            ("ferry".to_owned(), self.ferry.kmh),
            ("ford_way".to_owned(), self.ford_way.kmh),
        ];
        for row in &self.vehicles {
            let numbers = [
                ("top_kmh", row.top_kmh),
                ("maxspeed_factor", row.maxspeed_factor),
                ("unpaved_factor", row.unpaved_factor),
                ("winter_unpaved_factor", row.winter_unpaved_factor),
                ("wet_unpaved_factor", row.wet_unpaved_factor),
                ("unpaved_cap_kmh", row.unpaved_cap_kmh.unwrap_or(1.0)),
            ];
            all.extend(numbers.map(|(field, value)| (format!("{}: {field}", row.name), value)));
        }
        for row in &self.highways {
            all.push((row.name.clone(), row.paved_kmh));
            all.push((row.name.clone(), row.unpaved_kmh));
        }
        for row in &self.tracktypes {
            all.push((row.name.clone(), row.track_kmh));
            all.push((row.name.clone(), row.cap_kmh));
        }
        let caps = self.surfaces.iter().map(|row| (&row.name, row.cap_kmh));
        // A smoothness may be capped at zero: closed.
        let smoothnesses = self.smoothnesses.iter();
        let caps =
            caps.chain(smoothnesses.map(|row| (&row.name, row.cap_kmh.filter(|&c| c != 0.0))));
        all.extend(caps.filter_map(|(name, cap)| Some((name.clone(), cap?))));
        all
    }

    pub(super) fn highway(&self, name: &str) -> Option<&HighwayRow> {
        self.highways.iter().find(|row| row.name == name)
    }

    pub(super) fn tracktype(&self, way: &Attributes) -> Option<&TracktypeRow> {
        let name = way.get("tracktype")?;
        self.tracktypes.iter().find(|row| row.name == name)
    }

    /// The most the surface and smoothness allow, km/h; zero closes the road.
    pub(super) fn cap_kmh(&self, way: &Attributes) -> f64 {
        let surface = self.surface(way).and_then(|row| row.cap_kmh);
        let smoothness = way.get("smoothness").and_then(|name| {
            self.smoothnesses.iter().find(|row| row.name == name).and_then(|row| row.cap_kmh)
        });
        surface.unwrap_or(FASTEST_KMH).min(smoothness.unwrap_or(FASTEST_KMH))
    }

    fn surface(&self, way: &Attributes) -> Option<&SurfaceRow> {
        // Of a list (`asphalt;gravel`) the worst part is unknown; the first is taken.
        let name = way.get("surface")?.split(';').next()?.trim();
        self.surfaces.iter().find(|row| row.name == name)
    }

    /// Whether the way is paved: by its surface, else by its tracktype, else by its kind.
    /// `region` is an index into the regions.
    pub(super) fn is_paved(&self, way: &Attributes, region: Option<usize>) -> bool {
        if let Some(row) = self.surface(way) {
            return row.paved;
        }
        match way.get("tracktype") {
            Some(grade) => grade == "grade1",
            None => way.get("highway").is_none_or(|kind| self.kind_is_paved(kind, region)),
        }
    }

    fn kind_is_paved(&self, kind: &str, region: Option<usize>) -> bool {
        let region = region.and_then(|region| self.regions.get(region));
        let has = |kinds: &[String]| kinds.iter().any(|own| own == kind);
        match region {
            Some(region) if has(&region.paved) => true,
            Some(region) if has(&region.unpaved) => false,
            _ => self.highway(kind).is_none_or(|row| row.paved),
        }
    }

    /// The names of the regions.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(|region| region.name.as_str())
    }

    /// Seconds lost at a barrier of this kind, or nothing when it cannot be passed.
    pub(super) fn barrier_s(&self, kind: &str, slim: bool) -> Option<u32> {
        match self.barriers.iter().find(|row| row.name == kind) {
            Some(row) if slim => row.slim_s,
            Some(row) => row.wide_s,
            None => Some(self.unlisted_barrier_s),
        }
    }
}

/// Whether a way is unpaved by the built-in table: for reports.
pub(super) fn is_unpaved(way: &Attributes) -> bool {
    !BUILTIN.is_paved(way, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_builtin_table_names_its_source() {
        let table = SpeedTable::builtin();
        let sources = table.highways.iter().map(|row| &row.source);
        let sources = sources.chain(table.surfaces.iter().map(|row| &row.source));
        let sources = sources.chain(table.tracktypes.iter().map(|row| &row.source));
        let sources = sources.chain(table.smoothnesses.iter().map(|row| &row.source));
        let sources = sources.chain(table.barriers.iter().map(|row| &row.source));
        let sources = sources.chain(table.regions.iter().map(|row| &row.source));
        let sources = sources.chain(table.vehicles.iter().map(|row| &row.source));
        assert!(table.vehicles.iter().all(|row| row.engine.source().len() > 5));
        let single = [&table.access_to_road.source, &table.ferry.source, &table.ford_way.source];
        assert!(sources.chain(single).all(|source| source.len() > 5));
    }

    #[test]
    fn a_table_of_broken_speeds_is_refused_with_their_places() {
        let text = include_str!("speeds.json");
        let broken = text.replacen("\"top_kmh\": 25", "\"top_kmh\": 0", 1);
        let error = SpeedTable::parse("own.json", &broken).unwrap_err().to_string();
        assert!(error.contains("own.json: electric_tricycle: top_kmh"), "{error}");
        assert!(SpeedTable::parse("own.json", &text[..100]).is_err());
        assert!(
            SpeedTable::parse("own.json", &text.replacen("\"version\": 1", "\"version\": 9", 1))
                .is_err()
        );
    }
}

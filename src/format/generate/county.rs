//! An invented rural county: stations in small towns, villages on few roads around each, camps at
//! the ends of tracks, and a road into the desert with camps 60 to 280 km out.
//!
//! It is drawn on a plane in metres and rounded to the seven decimals of `OpenStreetMap`, so that a
//! county in memory and the same county written and read again are one.

use crate::place::Point;
use crate::rng::Rng;
use crate::road::osm::{OsmData, OsmNode, OsmWay, Tags};

use super::PlaceKind;

/// Metres to a degree of latitude, and to one of longitude at the middle of the county.
const METRES_PER_DEGREE: (f64, f64) = (111_195.0, 87_624.0);
/// The south-western corner, degrees.
const CORNER: (f64, f64) = (38.0, 88.0);
/// One village for so many square metres.
const VILLAGE_AREA_M2: f64 = 4.0e6;
/// The nearest and the farthest camps of the desert road, metres by that road.
const DESERT_M: (f64, f64) = (60_000.0, 278_000.0);
/// From street to street of a town, metres.
const BLOCK_M: f64 = 220.0;
/// Streets of a town in each direction.
const STREETS: usize = 5;

/// How large a county is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountySize {
    /// Towns with a station, in a row from west to east.
    pub stations: usize,
    /// Villages around each.
    pub villages: usize,
    /// Camps at the ends of tracks around each.
    pub camps: usize,
    /// Camps on the desert road of each.
    pub far_camps: usize,
    /// Houses of all villages, towns and camps around one station.
    pub houses: usize,
}

/// A place with houses.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// The name, as the courier calls it.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// How many of its station's orders it gets, relative to others.
    pub weight: usize,
    /// Where its road begins: gate, counter, first house.
    pub point: Point,
    /// Its doors, all within ten metres of a road; at least one.
    pub houses: Vec<Point>,
}

/// The surroundings of one station.
#[derive(Clone, Debug, PartialEq)]
pub struct District {
    /// Where the station is.
    pub station: Point,
    /// The town, the villages and the camps, in this order; the far camps last.
    pub sites: Vec<Site>,
    /// Length of the roads drawn for it without the desert road, in metres.
    pub road_m: f64,
    /// How far its villages reach, in metres.
    pub radius_m: f64,
}

/// Roads, and the places on them.
#[derive(Clone, Debug)]
pub struct County {
    /// The roads as map data.
    pub roads: OsmData,
    /// One district per station.
    pub districts: Vec<District>,
}

impl County {
    /// The county of a seed. The same size and seed give the same county.
    ///
    /// ```
    /// use lastmile::format::generate::{County, CountySize};
    /// let size = CountySize { stations: 1, villages: 8, camps: 1, far_camps: 1, houses: 40 };
    /// let county = County::new(size, 7);
    /// assert_eq!(county.districts[0].sites.len(), 1 + 8 + 1 + 1);
    /// assert_eq!(County::new(size, 7).districts, county.districts);
    /// ```
    pub fn new(size: CountySize, seed: u64) -> Self {
        let mut draft = Draft { data: OsmData::default(), at: Vec::new(), road_m: 0.0 };
        let mut districts = Vec::new();
        let mut hub_before = None;
        for number in 0..size.stations {
            let mut rng = Rng::new(seed, number as u64);
            let hub_at = middle(size, number, &mut rng);
            draft.road_m = 0.0;
            let (hub, district) = draft.district(size, number, hub_at, &mut rng);
            if let Some(before) = hub_before.replace(hub) {
                draft.road((before, hub), Grade::Secondary, &mut rng);
            }
            districts.push(district);
        }
        Self { roads: draft.data, districts }
    }
}

/// The middle of a town; towns stand far enough apart that their villages do not mingle.
fn middle(size: CountySize, number: usize, rng: &mut Rng) -> Spot {
    let apart_m = 2.2 * radius_m(size.villages) + 12_000.0;
    (count(number) * apart_m + 60_000.0, 60_000.0 + 3_000.0 * rng.unit())
}

/// How far the villages of a district reach.
fn radius_m(villages: usize) -> f64 {
    (count(villages.max(1)) * VILLAGE_AREA_M2 / std::f64::consts::PI).sqrt() + 1_500.0
}

#[expect(clippy::cast_precision_loss, reason = "counts of a county are far below 2^53")]
fn count(number: usize) -> f64 {
    number as f64
}

/// Metres east and north of the corner.
type Spot = (f64, f64);

fn apart_m(a: Spot, b: Spot) -> f64 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

fn point(at: Spot) -> Point {
    let degrees = |value: f64| (value * 1e7).round() / 1e7;
    Point::wgs84(
        degrees(CORNER.0 + at.1 / METRES_PER_DEGREE.0),
        degrees(CORNER.1 + at.0 / METRES_PER_DEGREE.1),
    )
}

/// A direction drawn evenly, of length 1: a point of the disc, put onto its rim.
fn direction(rng: &mut Rng) -> Spot {
    for _ in 0..64 {
        let (x, y) = (2.0 * rng.unit() - 1.0, 2.0 * rng.unit() - 1.0);
        let length = (x * x + y * y).sqrt();
        if (0.1..=1.0).contains(&length) {
            return (x / length, y / length);
        }
    }
    (1.0, 0.0)
}

/// What kind of road it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    Trunk,
    Secondary,
    Tertiary,
    Lane,
    Street,
    Track,
}

impl Grade {
    fn tags(self) -> Tags {
        let tags: &[(&str, &str)] = match self {
            Self::Trunk => &[("highway", "trunk"), ("surface", "asphalt"), ("maxspeed", "100")],
            Self::Secondary => &[("highway", "secondary"), ("surface", "asphalt")],
            Self::Tertiary => &[("highway", "tertiary"), ("surface", "asphalt")],
            Self::Lane => &[("highway", "unclassified"), ("surface", "concrete")],
            Self::Street => &[("highway", "residential")],
            Self::Track => &[("highway", "track"), ("tracktype", "grade2"), ("surface", "gravel")],
        };
        tags.iter().copied().collect()
    }

    /// Metres from bend to bend.
    fn bend_m(self) -> f64 {
        match self {
            Self::Trunk => 4_000.0,
            Self::Street => 90.0,
            _ => 700.0,
        }
    }

    /// The grade of a road that goes on from this one towards a farther village.
    fn onwards(self, rng: &mut Rng) -> Self {
        match (self, rng.below(6)) {
            (Self::Secondary, _) | (Self::Tertiary, 0..=3) => Self::Tertiary,
            (Self::Tertiary, _) | (Self::Lane, 0..=3) => Self::Lane,
            _ => Self::Track,
        }
    }
}

/// The county while it is drawn. Ids count from 1.
struct Draft {
    data: OsmData,
    /// Where each node lies.
    at: Vec<Spot>,
    road_m: f64,
}

impl Draft {
    fn node(&mut self, at: Spot, tags: &[(&str, &str)]) -> usize {
        let id = i64::try_from(self.at.len() + 1).unwrap_or(i64::MAX);
        let tags = tags.iter().copied().collect();
        self.data.nodes.push(OsmNode { id, point: point(at), ele_m: None, tags });
        self.at.push(at);
        self.at.len() - 1
    }

    fn way(&mut self, nodes: &[usize], grade: Grade) {
        let id = i64::try_from(self.data.ways.len() + 1).unwrap_or(i64::MAX);
        self.road_m += nodes.windows(2).map(|n| apart_m(self.at[n[0]], self.at[n[1]])).sum::<f64>();
        let nodes = nodes.iter().map(|&node| self.data.nodes[node].id).collect();
        self.data.ways.push(OsmWay { id, nodes, tags: grade.tags() });
    }

    /// A winding road between two nodes.
    fn road(&mut self, ends: (usize, usize), grade: Grade, rng: &mut Rng) {
        let (start, end) = (self.at[ends.0], self.at[ends.1]);
        let length_m = apart_m(start, end);
        let bends = (length_m / grade.bend_m()).clamp(1.0, 200.0).ceil();
        let mut nodes = vec![ends.0];
        let mut bend = 1.0;
        while bend < bends {
            let (share, aside) = (bend / bends, (rng.unit() - 0.5) * 0.4 * length_m / bends);
            let (east, north) = (end.0 - start.0, end.1 - start.1);
            let aside = aside / length_m;
            let east_of = start.0 + east * share - north * aside;
            nodes.push(self.node((east_of, start.1 + north * share + east * aside), &[]));
            bend += 1.0;
        }
        nodes.push(ends.1);
        self.way(&nodes, grade);
    }

    /// A town with its villages and camps; the node its roads start from comes first.
    fn district(
        &mut self,
        size: CountySize,
        number: usize,
        at: Spot,
        rng: &mut Rng,
    ) -> (usize, District) {
        let (hub, streets) = self.town(at);
        let mut plots = vec![Plot::new(PlaceKind::Town, hub, streets)];
        plots[0].weight = (size.villages * 7 / 3).max(8);
        self.villages(size.villages, hub, &mut plots, rng);
        self.camps(size, &mut plots, rng);
        let road_m = self.road_m;
        self.desert(size.far_camps, hub, &mut plots, rng);
        let total: usize = plots.iter().map(|plot| plot.weight).sum();
        let settle = |(index, plot): (usize, &Plot)| {
            let share = size.houses * plot.weight;
            let houses = plot.houses(&self.at, share.div_ceil(total.max(1)).max(1), rng);
            let name = plot.name(number, index);
            let point = point(self.at[plot.entry]);
            Site { name, kind: plot.kind, weight: plot.weight, point, houses }
        };
        let sites = plots.iter().enumerate().map(settle).collect();
        let station = point((at.0 + 4.0, at.1 + 4.0));
        (hub, District { station, sites, road_m, radius_m: radius_m(size.villages) })
    }

    /// A net of streets around the hub, which is returned with the pieces of street.
    fn town(&mut self, at: Spot) -> (usize, Vec<(usize, usize)>) {
        let half = count(STREETS - 1) / 2.0 * BLOCK_M;
        let mut corners = Vec::new();
        for corner in 0..STREETS * STREETS {
            let (row, column) = (count(corner / STREETS), count(corner % STREETS));
            corners.push(
                self.node((at.0 - half + column * BLOCK_M, at.1 - half + row * BLOCK_M), &[]),
            );
        }
        let mut pieces = Vec::new();
        for street in 0..STREETS {
            let along: Vec<usize> = (0..STREETS).map(|i| corners[street * STREETS + i]).collect();
            let across: Vec<usize> = (0..STREETS).map(|i| corners[i * STREETS + street]).collect();
            for nodes in [along, across] {
                self.way(&nodes, Grade::Street);
                pieces.extend(nodes.windows(2).map(|pair| (pair[0], pair[1])));
            }
        }
        (corners[STREETS * STREETS / 2], pieces)
    }

    /// Villages, near ones first, each on a road to the nearest before it; one in eight on two.
    fn villages(&mut self, villages: usize, hub: usize, plots: &mut Vec<Plot>, rng: &mut Rng) {
        let (middle, reach_m) = (self.at[hub], radius_m(villages));
        let mut spots: Vec<Spot> = Vec::new();
        for _ in 0..villages {
            let away_m = 1_500.0 + (reach_m - 1_500.0) * rng.unit().sqrt();
            let (east, north) = direction(rng);
            spots.push((middle.0 + east * away_m, middle.1 + north * away_m));
        }
        spots.sort_by(|&a, &b| apart_m(middle, a).total_cmp(&apart_m(middle, b)));
        let mut known = vec![(hub, Grade::Secondary)];
        for at in spots {
            let entry = self.node(at, &[]);
            let mut near: Vec<(usize, Grade)> = known.clone();
            near.sort_by(|a, b| apart_m(at, self.at[a.0]).total_cmp(&apart_m(at, self.at[b.0])));
            let grade = near[0].1.onwards(rng);
            self.road((near[0].0, entry), grade, rng);
            if near.len() > 1 && rng.chance(1, 8) {
                self.road((near[1].0, entry), Grade::Track, rng);
            }
            known.push((entry, grade));
            let pieces = self.streets(entry, rng);
            let mut plot = Plot::new(PlaceKind::Village, entry, pieces);
            plot.weight = rng.between(2, 12);
            plots.push(plot);
        }
    }

    /// The street of a village, and sometimes a lane off it.
    fn streets(&mut self, entry: usize, rng: &mut Rng) -> Vec<(usize, usize)> {
        let ahead = direction(rng);
        let mut ways = vec![self.street(entry, ahead, rng.between(2, 5), rng)];
        if rng.chance(1, 2) {
            let corner = ways[0][1];
            ways.push(self.street(corner, (-ahead.1, ahead.0), 2, rng));
        }
        let pieces = ways.iter().flat_map(|nodes| nodes.windows(2));
        pieces.map(|pair| (pair[0], pair[1])).collect()
    }

    fn street(&mut self, from: usize, ahead: Spot, pieces: usize, rng: &mut Rng) -> Vec<usize> {
        let mut nodes = vec![from];
        let mut at = self.at[from];
        for _ in 0..pieces {
            let (step_m, aside_m) = (60.0 + 60.0 * rng.unit(), 20.0 * (rng.unit() - 0.5));
            at.0 += ahead.0 * step_m - ahead.1 * aside_m;
            at.1 += ahead.1 * step_m + ahead.0 * aside_m;
            nodes.push(self.node(at, &[]));
        }
        self.way(&nodes, Grade::Street);
        nodes
    }

    /// Camps behind gates, at the ends of tracks from villages far out.
    fn camps(&mut self, size: CountySize, plots: &mut Vec<Plot>, rng: &mut Rng) {
        let villages = plots.len() - 1;
        for _ in 0..size.camps {
            let outer = plots.len() - 1 - rng.below((villages / 3).max(1));
            let from = plots[outer.min(villages)].entry;
            let (east, north) = direction(rng);
            let away_m = 1_500.0 + 3_000.0 * rng.unit();
            let at = self.at[from];
            plots.push(self.camp(from, (at.0 + east * away_m, at.1 + north * away_m), rng));
        }
    }

    /// A camp with a gate before it.
    fn camp(&mut self, from: usize, at: Spot, rng: &mut Rng) -> Plot {
        let gate = self.node(at, &[("barrier", "gate"), ("access", "permissive")]);
        self.road((from, gate), Grade::Track, rng);
        let nodes = self.street(gate, direction(rng), 2, rng);
        let pieces = nodes.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let mut plot = Plot::new(PlaceKind::Camp, nodes[1], pieces);
        plot.weight = rng.between(4, 10);
        plot
    }

    /// One long road to the north with camps beside it.
    fn desert(&mut self, camps: usize, hub: usize, plots: &mut Vec<Plot>, rng: &mut Rng) {
        let mut along_m: Vec<f64> =
            (0..camps).map(|_| DESERT_M.0 + (DESERT_M.1 - DESERT_M.0) * rng.unit()).collect();
        along_m.sort_by(f64::total_cmp);
        let (middle, mut last) = (self.at[hub], hub);
        for (number, away_m) in along_m.into_iter().enumerate() {
            // Bends lengthen the road by a fiftieth.
            let turn = self.node((middle.0, middle.1 + 0.98 * away_m), &[]);
            self.road((last, turn), Grade::Trunk, rng);
            last = turn;
            let side = if number.is_multiple_of(2) { 1.0 } else { -1.0 };
            let at = self.at[turn];
            let at = (at.0 + side * (600.0 + 1_000.0 * rng.unit()), at.1 + 300.0 * rng.unit());
            let mut plot = self.camp(turn, at, rng);
            (plot.kind, plot.weight) = (PlaceKind::FarCamp, 0);
            plots.push(plot);
        }
    }
}

/// A place before it has houses.
struct Plot {
    kind: PlaceKind,
    entry: usize,
    /// The pieces of street its houses stand at.
    pieces: Vec<(usize, usize)>,
    weight: usize,
}

impl Plot {
    fn new(kind: PlaceKind, entry: usize, pieces: Vec<(usize, usize)>) -> Self {
        Self { kind, entry, pieces, weight: 0 }
    }

    fn name(&self, district: usize, index: usize) -> String {
        let kind = match self.kind {
            PlaceKind::Town => "镇",
            PlaceKind::Camp => "号营地",
            PlaceKind::FarCamp => "号远营",
            _ => "号村",
        };
        format!("{}-{index}{kind}", district + 1)
    }

    /// Houses on both sides of the streets, three to eight metres off the middle.
    fn houses(&self, at: &[Spot], wanted: usize, rng: &mut Rng) -> Vec<Point> {
        // Behind a gate there are few doors.
        let wanted = if self.kind == PlaceKind::Camp { wanted.min(3) } else { wanted };
        let house = |rng: &mut Rng| {
            let (from, to) = self.pieces[rng.below(self.pieces.len())];
            let (a, b) = (at[from], at[to]);
            let (t, length_m) = (0.05 + 0.9 * rng.unit(), apart_m(a, b));
            let side_m = (3.0 + 5.0 * rng.unit()) * if rng.chance(1, 2) { 1.0 } else { -1.0 };
            let across = ((a.1 - b.1) / length_m * side_m, (b.0 - a.0) / length_m * side_m);
            point((a.0 + (b.0 - a.0) * t + across.0, a.1 + (b.1 - a.1) * t + across.1))
        };
        (0..wanted).map(|_| house(rng)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::road::{DEFAULT_SNAP_LIMIT, NoRoad, Profile, RoadGraph};
    use std::sync::Arc;

    const SIZE: CountySize =
        CountySize { stations: 2, villages: 30, camps: 3, far_camps: 3, houses: 300 };

    #[test]
    fn every_house_stands_at_a_road_that_leads_to_its_station() {
        let county = County::new(SIZE, 3);
        let graph = Arc::new(RoadGraph::from_osm(&county.roads).unwrap());
        assert_eq!(graph.report().components, 1);
        let network = graph.network(&Profile::four_by_four(), &[]);
        for district in &county.districts {
            let houses = district.sites.iter().flat_map(|site| &site.houses);
            let stops: Vec<Point> = [district.station].iter().chain(houses).copied().collect();
            let snaps = network.snap_all(&stops, DEFAULT_SNAP_LIMIT);
            assert!(snaps.iter().all(|snap| snap.is_ok_and(|snap| snap.access().0 <= 10)));
            let matrix = network.matrix(&snaps);
            let all: Result<Vec<_>, NoRoad> =
                (0..stops.len()).map(|to| matrix.leg(0, to)).collect();
            let farthest = all.unwrap().into_iter().map(|leg| leg.metres.0).max().unwrap();
            assert!((60_000..=285_000).contains(&farthest), "{farthest}");
        }
    }

    #[test]
    fn a_county_has_as_many_houses_as_asked_or_a_few_more() {
        let county = County::new(SIZE, 9);
        for district in &county.districts {
            let houses: usize = district.sites.iter().map(|site| site.houses.len()).sum();
            assert!((260..=340).contains(&houses), "{houses}");
        }
    }
}

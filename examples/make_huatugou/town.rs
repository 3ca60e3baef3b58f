//! The streets of the town: an irregular grid with a roundabout, one-way streets, courts and a
//! private yard.

use std::f64::consts::TAU;

use lastmile::place::Point;
use lastmile::rng::Rng;

use crate::net::{Course, Net, Tag, moved, offset_m, pick};

/// The middle of the town.
pub(crate) const CENTRE: Point = Point::wgs84(38.2497, 90.8584);
const ROWS: usize = 10;
const COLUMNS: usize = 13;
/// The trunk road runs along this row, the avenue along this column; they meet in the roundabout.
const MAIN_ROW: usize = 4;
const MAIN_COLUMN: usize = 6;
/// Columns that are never interrupted.
const THROUGH: [usize; 3] = [2, MAIN_COLUMN, 10];
/// The grid is turned by so much against north, radians.
const TURN: f64 = -0.19;
const ROUNDABOUT_M: f64 = 24.0;
const COURTS: usize = 78;
const STREET: Course = Course { swing: 0.03, wave_m: 150.0, spacing_m: (30.0, 80.0) };

/// Street names are invented; they are usual ones of oil towns.
const ROW_NAMES: [(&str, &str); ROWS] = [
    ("Nanhuan Road", "南环路"),
    ("Tuanjie Road", "团结路"),
    ("Chuangye Road", "创业路"),
    ("Xingfu Road", "幸福路"),
    ("Kunlun Road", "昆仑路"),
    ("Wenhua Road", "文化路"),
    ("Jianshe Road", "建设路"),
    ("Shiyou Road", "石油路"),
    ("Heping Road", "和平路"),
    ("Beihuan Road", "北环路"),
];
const COLUMN_NAMES: [(&str, &str); COLUMNS] = [
    ("Xihuan Street", "西环街"),
    ("Gasi Street", "尕斯街"),
    ("Chaidamu Street", "柴达木街"),
    ("Hongliu Street", "红柳街"),
    ("Luotuo Street", "骆驼街"),
    ("Yanhu Street", "盐湖街"),
    ("Renmin Avenue", "人民大街"),
    ("Huayuan Street", "花园街"),
    ("Jingtian Street", "井田街"),
    ("Xuefu Street", "学府街"),
    ("Qinghai Street", "青海街"),
    ("Shagang Street", "沙岗街"),
    ("Donghuan Street", "东环街"),
];

/// Where the town joins the land around it.
pub(crate) struct Town {
    /// The middle of the roundabout, on no road.
    pub(crate) middle: usize,
    /// A node of the roundabout.
    pub(crate) ring: usize,
    /// The node before the station's door.
    pub(crate) station: usize,
    pub(crate) west: usize,
    pub(crate) east: usize,
    pub(crate) north: usize,
    pub(crate) south: usize,
}

struct Grid {
    /// `[row][column]`, none where the town does not reach.
    corners: Vec<Vec<Option<usize>>>,
    /// The nodes of the roundabout, anticlockwise from east.
    circle: Vec<usize>,
}

/// Draws the town.
pub(crate) fn draw(net: &mut Net, seed: u64) -> Town {
    let mut rng = Rng::new(seed, 1);
    let grid = corners(net, &mut rng);
    let first_street = net.ways.len();
    let mut circle = grid.circle.clone();
    circle.push(grid.circle[0]);
    let round = [("highway", "trunk"), ("junction", "roundabout"), ("oneway", "yes")];
    net.way(circle, &[&round[..], &[("ref", "G315"), ("surface", "asphalt")]].concat());
    for row in 0..ROWS {
        let line = (0..COLUMNS).map(|column| grid.corners[row][column].map(|_| (row, column)));
        streets(net, &grid, &line.collect::<Vec<_>>(), &row_tags(row), &mut rng);
    }
    for column in 0..COLUMNS {
        let line: Vec<_> = (0..ROWS)
            .map(|row| grid.corners[row][column].map(|_| (row, column)))
            .flat_map(|corner| {
                // A missing corner interrupts the street.
                let cut = !THROUGH.contains(&column) && rng.chance(1, 5);
                [corner, None].into_iter().take(if cut { 2 } else { 1 })
            })
            .collect();
        streets(net, &grid, &line, &column_tags(column), &mut rng);
    }
    let last_street = net.ways.len();
    courts(net, first_street, last_street, &mut rng);
    let corner = |row: usize, column: usize| grid.corners[row][column].expect("the grid is drawn");
    Town {
        ring: grid.circle[0],
        middle: corner(MAIN_ROW, MAIN_COLUMN),
        station: corner(7, 4),
        west: corner(MAIN_ROW, 0),
        east: corner(MAIN_ROW, COLUMNS - 1),
        north: corner(ROWS - 1, MAIN_COLUMN),
        south: corner(0, MAIN_COLUMN),
    }
}

fn corners(net: &mut Net, rng: &mut Rng) -> Grid {
    let mut steps = |count: usize| {
        let mut at = vec![0.0];
        for i in 1..count {
            at.push(at[i - 1] + pick(rng, 150.0, 270.0));
        }
        at
    };
    let (xs, ys) = (steps(COLUMNS), steps(ROWS));
    let mut corners = vec![vec![None; COLUMNS]; ROWS];
    for (row, line) in corners.iter_mut().enumerate() {
        let trim = if row.abs_diff(MAIN_ROW) < 2 { 0 } else { row.abs_diff(MAIN_ROW) / 2 };
        let (cut_west, cut_east) = (rng.between(0, trim + 1), rng.between(0, trim + 1));
        for (column, corner) in line.iter_mut().enumerate() {
            let (x, y) = (xs[column] - xs[MAIN_COLUMN], ys[row] - ys[MAIN_ROW]);
            let is_main = row == MAIN_ROW && column == MAIN_COLUMN;
            let jitter = if is_main { 0.0 } else { 28.0 };
            let (x, y) = (x + pick(rng, -jitter, jitter), y + pick(rng, -jitter, jitter));
            let kept = row == MAIN_ROW || (cut_west..COLUMNS - cut_east).contains(&column);
            if kept {
                *corner = Some(net.node(turned(x, y), height_m(y), &[]));
            }
        }
    }
    let circle = (0..8_u32)
        .map(|i| {
            let angle = TAU * f64::from(i) / 8.0;
            let point = moved(CENTRE, ROUNDABOUT_M * angle.cos(), ROUNDABOUT_M * angle.sin());
            net.node(point, height_m(0.0), &[])
        })
        .collect();
    Grid { corners, circle }
}

fn turned(x: f64, y: f64) -> Point {
    moved(CENTRE, x * TURN.cos() - y * TURN.sin(), x * TURN.sin() + y * TURN.cos())
}

/// The ground rises to the north, away from the lake.
fn height_m(north_m: f64) -> f64 {
    2945.0 + north_m * 0.012
}

impl Grid {
    /// The node of a corner; at the roundabout the one that faces `other`.
    fn node(&self, net: &Net, corner: (usize, usize), other: (usize, usize)) -> usize {
        let plain = |(row, column): (usize, usize)| self.corners[row][column].expect("drawn");
        if corner != (MAIN_ROW, MAIN_COLUMN) {
            return plain(corner);
        }
        let goal = net.nodes[plain(other)].point;
        let far = |node: &usize| net.nodes[*node].point.distance_m(goal);
        *self.circle.iter().min_by(|a, b| far(a).total_cmp(&far(b))).expect("eight nodes")
    }
}

/// Ways along a line of corners: interrupted where a corner is missing and at the roundabout, and
/// cut into streets of one to four blocks.
fn streets(
    net: &mut Net,
    grid: &Grid,
    line: &[Option<(usize, usize)>],
    tags: &[Tag],
    rng: &mut Rng,
) {
    let mut street: Vec<usize> = Vec::new();
    let mut blocks = 0;
    for pair in line.windows(2) {
        let (Some(from), Some(to)) = (pair[0], pair[1]) else {
            finish(net, &mut street, tags);
            continue;
        };
        let (start, end) = (grid.node(net, from, to), grid.node(net, to, from));
        if street.last() != Some(&start) || blocks == 0 {
            finish(net, &mut street, tags);
            blocks = rng.between(1, 4);
            street.push(start);
        }
        let block = net.line(start, end, STREET, rng);
        street.extend(&block[1..]);
        blocks -= 1;
    }
    finish(net, &mut street, tags);
}

fn finish(net: &mut Net, street: &mut Vec<usize>, tags: &[Tag]) {
    if street.len() >= 2 {
        net.way(std::mem::take(street), tags);
    }
    street.clear();
}

fn row_tags(row: usize) -> Vec<Tag> {
    let kind = match row {
        MAIN_ROW => "trunk",
        1 | 7 => "tertiary",
        _ => "residential",
    };
    let surface = if row == 0 || row == ROWS - 1 { "gravel" } else { "asphalt" };
    let mut tags = vec![("highway", kind), ("surface", surface)];
    if row == MAIN_ROW {
        tags.extend([("ref", "G315"), ("maxspeed", "40")]);
    }
    let (name, zh) = ROW_NAMES[row];
    tags.extend([("name", zh), ("name:zh", zh), ("name:en", name)]);
    tags
}

fn column_tags(column: usize) -> Vec<Tag> {
    let kind = if THROUGH.contains(&column) { "tertiary" } else { "residential" };
    let mut tags = vec![("highway", kind), ("surface", "asphalt")];
    // Two neighbouring streets carry one direction each.
    if column == 4 || column == 8 {
        tags.push(("oneway", if column == 4 { "yes" } else { "-1" }));
    }
    let (name, zh) = COLUMN_NAMES[column];
    tags.extend([("name", zh), ("name:zh", zh), ("name:en", name)]);
    tags
}

/// Dead ends between the houses; the last one is a private yard behind a gate.
fn courts(net: &mut Net, first_street: usize, last_street: usize, rng: &mut Rng) {
    let mut drawn = 0;
    for _ in 0..COURTS * 20 {
        let way = &net.ways[rng.between(first_street + 1, last_street - 1)];
        if drawn == COURTS || way.nodes.len() < 4 || way.tags[0].1 == "trunk" {
            continue;
        }
        let at = rng.between(1, way.nodes.len() - 2);
        let (before, mouth) = (way.nodes[at - 1], way.nodes[at]);
        let (east, north) = offset_m(net.nodes[before].point, net.nodes[mouth].point);
        let length = east.hypot(north);
        let aside = if rng.chance(1, 2) { 1.0 } else { -1.0 };
        let reach = pick(rng, 35.0, 75.0);
        let turn_back = pick(rng, -0.3, 0.3);
        let point = |share: f64| {
            let (x, y) = (turn_back * share * reach, aside * share * reach);
            let (along, across) = (x / length, y / length);
            (east * along - north * across, north * along + east * across)
        };
        let origin = net.nodes[mouth].point;
        let ends = [0.5, 1.0].map(|share| {
            let (east_m, north_m) = point(share);
            moved(origin, east_m, north_m)
        });
        let is_free = |other: &crate::net::Node| other.point.distance_m(ends[1]) > 30.0;
        if !net.nodes.iter().all(is_free) {
            continue;
        }
        drawn += 1;
        court(net, mouth, ends, drawn == COURTS);
    }
    assert_eq!(drawn, COURTS, "the town has room for its courts");
}

fn court(net: &mut Net, mouth: usize, ends: [Point; 2], is_private: bool) {
    let height_m = net.nodes[mouth].height_m;
    let gate: &[Tag] = &[("barrier", "gate"), ("access", "private")];
    let middle = net.node(ends[0], height_m, if is_private { gate } else { &[] });
    let end = net.node(ends[1], height_m, &[]);
    let mut tags = vec![("highway", "service"), ("surface", "concrete")];
    if is_private {
        tags.push(("access", "private"));
    }
    net.way(vec![mouth, middle, end], &tags);
}

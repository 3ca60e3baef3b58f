//! Where things stand on a drawn map: the projection, and places that are still free.

use crate::place::Point;

/// Width of the drawing in its own units, about a pixel each.
pub(super) const WIDTH: f64 = 760.0;
/// Room kept free along the border.
const MARGIN: f64 = 34.0;
/// Half the height of a stop's number.
pub(super) const RADIUS: f64 = 10.0;
/// Height of a name.
pub(super) const LETTER: f64 = 12.0;
/// A rectangle of the drawing that is taken: left, top, right, bottom.
pub(super) type Rect = [f64; 4];

fn overlap(a: &Rect, b: &Rect) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// From degrees to the drawing: equirectangular about the middle, which is true to scale within
/// the reach of a courier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    middle: Point,
    /// Units to a metre.
    pub(super) scale: f64,
    pub(super) height: f64,
}

/// Metres to a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

impl Projection {
    pub(super) fn around(points: &(impl Iterator<Item = Point> + Clone), height_most: f64) -> Self {
        let low = |value: fn(Point) -> f64| points.clone().map(value).fold(f64::INFINITY, f64::min);
        let high =
            |value: fn(Point) -> f64| points.clone().map(value).fold(f64::NEG_INFINITY, f64::max);
        let (south, north) = (low(|p| p.lat), high(|p| p.lat));
        let (west, east) = (low(|p| p.lon), high(|p| p.lon));
        let middle = Point::wgs84(f64::midpoint(south, north), f64::midpoint(west, east));
        let across = (east - west) * METRES_PER_DEGREE * middle.lat.to_radians().cos();
        let along = (north - south) * METRES_PER_DEGREE;
        let (across, along) = (across.max(300.0), along.max(200.0));
        let wide = (WIDTH - 2.0 * MARGIN) / across;
        let scale = wide.min((height_most - 2.0 * MARGIN) / along);
        let height = (along * scale + 2.0 * MARGIN).max(180.0);
        Self { middle, scale, height }
    }

    pub(super) fn place(&self, p: Point) -> (f64, f64) {
        let unit = METRES_PER_DEGREE * self.scale;
        let east = (p.lon - self.middle.lon) * self.middle.lat.to_radians().cos();
        (WIDTH / 2.0 + east * unit, self.height / 2.0 - (p.lat - self.middle.lat) * unit)
    }
}

/// True when nothing is there yet and it lies within the drawing.
pub(super) fn is_free(rect: &Rect, taken: &[Rect], projection: &Projection) -> bool {
    let is_inside = rect[0] > 2.0
        && rect[1] > 2.0
        && rect[2] < WIDTH - 2.0
        && rect[3] < projection.height - 2.0;
    is_inside && taken.iter().all(|other| !overlap(rect, other))
}

pub(super) fn middle(rect: &Rect) -> (f64, f64) {
    (f64::midpoint(rect[0], rect[2]), f64::midpoint(rect[1], rect[3]))
}

/// A place and ever wider rings around it.
pub(super) fn around(x: f64, y: f64) -> impl Iterator<Item = (f64, f64)> {
    let rings = [24.0, 36.0, 50.0, 66.0, 84.0, 106.0];
    let turns = (0..16).map(|turn| f64::from(turn) * std::f64::consts::TAU / 16.0);
    let ring = move |radius: f64| {
        turns.clone().map(move |turn| (x + radius * turn.cos(), y + radius * turn.sin()))
    };
    std::iter::once((x, y)).chain(rings.into_iter().flat_map(ring))
}

/// Rectangles for a name right, left, below and above what it names.
pub(super) fn beside(spot: &Rect, width: f64) -> [Rect; 8] {
    let (cx, cy) = middle(spot);
    let half = LETTER / 2.0 + 1.5;
    let at = |left: f64, middle: f64| [left, middle - half, left + width, middle + half];
    let (right, left) = (spot[2] + 3.0, spot[0] - 3.0 - width);
    let (below, above) = (spot[3] + half + 1.0, spot[1] - half - 1.0);
    [
        at(right, cy),
        at(left, cy),
        at(cx - width / 2.0, below),
        at(cx - width / 2.0, above),
        at(right, below),
        at(right, above),
        at(left, below),
        at(left, above),
    ]
}

/// About how wide a text is drawn.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let narrow_and_wide = |c: char| if c.is_ascii() { 0.58 } else { 1.0 };
    text.chars().map(narrow_and_wide).sum::<f64>() * size
}

/// The largest of 1, 2, 5, 10, 20, ... metres that is not longer.
pub(super) fn round_length(most_m: f64) -> f64 {
    let power = 10_f64.powf(most_m.max(1.0).log10().floor());
    let steps = [5.0, 2.0, 1.0].map(|step| step * power);
    steps.into_iter().find(|&step| step <= most_m).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_stops_at_one_place_stand_apart() {
        let here = Point::wgs84(38.25, 90.86);
        let projection = Projection::around(&[here].into_iter(), 400.0);
        let (x, y) = projection.place(here);
        let mut taken: Vec<Rect> = Vec::new();
        for number in 0..30 {
            let rect = |(x, y): (f64, f64)| [x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS];
            let spot = around(x, y).map(rect).find(|rect| is_free(rect, &taken, &projection));
            taken.push(spot.unwrap_or_else(|| panic!("no room for stop {number}")));
        }
    }

    #[test]
    fn scale_bars_are_round() {
        assert!((round_length(149.0) - 100.0).abs() < 1e-9);
        assert!((round_length(7_300.0) - 5_000.0).abs() < 1e-9);
    }
}

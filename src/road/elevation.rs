//! Heights of the ground from SRTM tiles: `N42E001.hgt` with 1,201 or 3,601 samples a side, plain or
//! in a zip (Farr et al. 2007, "The Shuttle Radar Topography Mission", doi 10.1029/2005RG000183; the
//! layout is that of the USGS quick start: big-endian metres, rows from the north, -32,768 where
//! nothing is known).
//!
//! Voids are filled from the nearest known samples in four directions, weighted by distance. A raw
//! height between samples is bilinear; a road's is smoothed: three-arc-second data make a third of
//! all "walls" out of noise, so heights are means over a disc of 100 m, and slopes are those of
//! chords of about 100 m.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used))]

use std::io::Read;
use std::path::Path;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use crate::error::{Code, Error, Fault, Result};
use crate::place::Point;

/// What a sample says where nothing is known.
const VOID: i16 = i16::MIN;
/// Samples a side: three arc seconds, and one.
const SIDES: [usize; 2] = [1201, 3601];
/// The largest file read: a plain tile of one arc second is 26 MB.
const FILE_BYTES: u64 = 64 << 20;
/// Half the width of the mean, metres.
const SMOOTH_M: f64 = 50.0;
/// Metres in a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.08;
/// The most files in a zip that are looked at.
const ENTRIES_MOST: usize = 64;

/// One degree by one degree of ground.
#[derive(Clone, Debug, PartialEq)]
struct Tile {
    south: i32,
    west: i32,
    side: usize,
    /// Row-major from the north-west, metres; [`VOID`] where nothing is known.
    // Invariant: side * side.
    heights: Vec<i16>,
}

/// The ground of some tiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elevation {
    // Invariant: sorted by corner, each once.
    tiles: Vec<Tile>,
    voids_filled: usize,
}

impl Elevation {
    /// No ground at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the tile in a file, `.hgt` or `.hgt.zip`, or all such files of a folder.
    ///
    /// # Errors
    /// When a file cannot be read, or is refused by [`Elevation::add`], or a folder has none.
    pub fn open(&mut self, path: &Path) -> Result<()> {
        if !path.is_dir() {
            return self.open_file(path);
        }
        let unreadable = |source: std::io::Error| Error::unreadable(path, &source);
        let mut tiles = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            let is = |path: &Path, kind: &str| {
                path.extension().is_some_and(|found| found.eq_ignore_ascii_case(kind))
            };
            let inner = file.file_stem().map(Path::new);
            let is_packed = is(&file, "zip") && inner.is_some_and(|inner| is(inner, "hgt"));
            if is(&file, "hgt") || is_packed {
                tiles.push(file);
            }
        }
        // The order of a folder differs by machine.
        tiles.sort();
        if tiles.is_empty() {
            let expected = "a folder with tiles such as N38E090.hgt or N38E090.hgt.zip";
            return Err(Fault::new(Code::Empty, expected).file(path.display().to_string()).into());
        }
        tiles.iter().try_for_each(|tile| self.open_file(tile))
    }

    fn open_file(&mut self, path: &Path) -> Result<()> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(FILE_BYTES + 1).read_to_end(&mut bytes))
            .map_err(|source| Error::unreadable(path, &source))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.add(&name, &bytes).map_err(|error| error.in_file(&path.display().to_string()))
    }

    /// Adds a tile from memory: plain samples named for their south-west corner (`S07W068.hgt`), or
    /// a zip with such a file. A tile added twice replaces the first.
    ///
    /// # Errors
    /// When the name tells no corner, the size is not that of a tile, or the zip is damaged.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let tile = if bytes.starts_with(b"PK") {
            let (name, bytes) = unzip(bytes)?;
            Tile::read(&name, &bytes)?
        } else {
            Tile::read(name, bytes)?
        };
        let (tile, filled) = tile.filled();
        self.voids_filled += filled;
        let corner = (tile.south, tile.west);
        match self.tiles.binary_search_by_key(&corner, |tile| (tile.south, tile.west)) {
            Ok(at) => self.tiles.splice(at..=at, [tile]).for_each(drop),
            Err(at) => self.tiles.insert(at, tile),
        }
        Ok(())
    }

    /// How many samples without a height were given one from their neighbours.
    pub fn voids_filled(&self) -> usize {
        self.voids_filled
    }

    /// The height of the ground above the sea in metres, bilinear between samples; nothing where no
    /// tile reaches, or within a void that no known sample surrounds.
    pub fn raw_m(&self, point: Point) -> Option<f64> {
        if !point.is_on_globe() {
            return None;
        }
        // A point on a seam is on the rim of either tile: any of them will do.
        let souths = [point.lat.floor(), point.lat.ceil() - 1.0];
        let wests = [point.lon.floor(), point.lon.ceil() - 1.0];
        let tiles = souths.into_iter().flat_map(|south| wests.map(|west| (south, west)));
        let mut tiles = tiles;
        tiles.find_map(|(south, west)| {
            self.tile(south, west)?.at(point.lat - south, point.lon - west)
        })
    }

    /// The height of a road there in metres: the mean of the ground within some 50 m.
    pub fn smooth_m(&self, point: Point) -> Option<f64> {
        let north = SMOOTH_M / METRES_PER_DEGREE;
        let east = north / point.lat.to_radians().cos().max(0.01);
        // Eight points of the compass and the middle; a diagonal unit is 0.7071.
        let (d, around) = (
            std::f64::consts::FRAC_1_SQRT_2,
            [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)],
        );
        let diagonals = [(d, d), (d, -d), (-d, d), (-d, -d)];
        let (mut sum, mut count) = (0.0, 0.0);
        for (y, x) in around.into_iter().chain(diagonals) {
            let mut lon = point.lon + x * east;
            if lon.abs() > 180.0 {
                lon -= 360.0_f64.copysign(lon);
            }
            let lat = (point.lat + y * north).clamp(-90.0, 90.0);
            if let Some(height) = self.raw_m(Point { lat, lon }) {
                sum += height;
                count += 1.0;
            }
        }
        (count > 0.0).then(|| sum / count)
    }

    #[expect(clippy::cast_possible_truncation, reason = "degrees of the globe")]
    fn tile(&self, south: f64, west: f64) -> Option<&Tile> {
        let (south, mut west) = (south as i32, west as i32);
        if west >= 180 {
            west -= 360;
        } else if west < -180 {
            west += 360;
        }
        let at = self.tiles.binary_search_by_key(&(south, west), |tile| (tile.south, tile.west));
        self.tiles.get(at.ok()?)
    }
}

impl Tile {
    fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        let (south, west) = corner(name).ok_or_else(|| {
            Fault::new(Code::WrongKind, "a tile named for its corner, as N42E001.hgt").value(name)
        })?;
        let side =
            SIDES.into_iter().find(|side| side * side * 2 == bytes.len()).ok_or_else(|| {
                let expected =
                    "2,884,802 or 25,934,402 bytes, a tile of 1,201 or 3,601 samples a side";
                Fault::new(Code::CutOff, expected)
                    .place(name)
                    .value(format!("{} bytes", bytes.len()))
            })?;
        let sample = |pair: &[u8]| match pair {
            [high, low] => i16::from_be_bytes([*high, *low]),
            _ => VOID,
        };
        // Nothing on land lies outside these; slips of the radar are voids.
        let plausible = |metres: i16| if (-500..=9000).contains(&metres) { metres } else { VOID };
        let heights = bytes.chunks_exact(2).map(|pair| plausible(sample(pair))).collect();
        Ok(Self { south, west, side, heights })
    }

    /// The tile with its voids filled, and how many were.
    fn filled(self) -> (Self, usize) {
        if !self.heights.contains(&VOID) {
            return (self, 0);
        }
        let count = self.heights.len();
        // Sums of height / distance and of 1 / distance over the four directions.
        let mut sums = vec![(0.0_f64, 0.0_f64); count];
        let side = self.side;
        for line in 0..side {
            let row = line * side..(line + 1) * side;
            let column = || (0..side).map(move |i| i * side + line);
            self.sweep(row.clone(), &mut sums);
            self.sweep(row.rev(), &mut sums);
            self.sweep(column(), &mut sums);
            self.sweep(column().rev(), &mut sums);
        }
        let mut filled = 0;
        let mut heights = self.heights.clone();
        for (height, (sum, weight)) in heights.iter_mut().zip(sums) {
            if *height == VOID && weight > 0.0 {
                *height = round(sum / weight);
                filled += 1;
            }
        }
        (Self { heights, ..self }, filled)
    }

    /// Carries the last known height along a line of samples.
    fn sweep(&self, line: impl Iterator<Item = usize>, sums: &mut [(f64, f64)]) {
        let mut last: Option<(f64, f64)> = None;
        for at in line {
            match self.heights.get(at) {
                Some(&height) if height != VOID => last = Some((f64::from(height), 0.0)),
                _ => {
                    let Some((height, distance)) = &mut last else { continue };
                    *distance += 1.0;
                    if let Some(sum) = sums.get_mut(at) {
                        sum.0 += *height / *distance;
                        sum.1 += 1.0 / *distance;
                    }
                }
            }
        }
    }

    /// The height at degrees north and east of its corner.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "positions within a tile"
    )]
    fn at(&self, north: f64, east: f64) -> Option<f64> {
        let last = self.side - 1;
        let (y, x) = ((1.0 - north) * last as f64, east * last as f64);
        let cell = |v: f64| (v.floor().max(0.0) as usize).min(last - 1);
        let (row, column) = (cell(y), cell(x));
        let (dy, dx) = (y - row as f64, x - column as f64);
        let mut height = 0.0;
        for (row, wy) in [(row, 1.0 - dy), (row + 1, dy)] {
            for (column, wx) in [(column, 1.0 - dx), (column + 1, dx)] {
                let weight = wy * wx;
                if weight > 0.0 {
                    let known =
                        self.heights.get(row * self.side + column).filter(|h| **h != VOID)?;
                    height += weight * f64::from(*known);
                }
            }
        }
        Some(height)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of heights is a height")]
fn round(height: f64) -> i16 {
    height.round() as i16
}

/// South and west of a tile's name.
fn corner(name: &str) -> Option<(i32, i32)> {
    let file = name.rsplit(['/', '\\']).next()?;
    let (stem, _) = file.split_once('.').unwrap_or((file, ""));
    let number = |from: usize, to: usize| stem.get(from..to)?.parse::<u16>().ok().map(i32::from);
    let (lat, lon) = (number(1, 3)?, number(4, 7)?);
    let sign = |at: usize, plus: char, minus: char| match stem.chars().nth(at)?.to_ascii_uppercase()
    {
        letter if letter == plus => Some(1),
        letter if letter == minus => Some(-1),
        _ => None,
    };
    let (south, west) = (sign(0, 'N', 'S')? * lat, sign(3, 'E', 'W')? * lon);
    (stem.len() == 7 && (-90..90).contains(&south) && (-180..180).contains(&west))
        .then_some((south, west))
}

/// The first `.hgt` in a zip with its name: the central directory, stored or deflated entries
/// (PKWARE, APPNOTE 6.3.10, sections 4.3 and 4.4).
fn unzip(bytes: &[u8]) -> Result<(String, Vec<u8>)> {
    let torn = |what: &str| Fault::new(Code::Corrupt, "a whole zip").value(what);
    let number = |at: usize, length: usize| -> Option<usize> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        Some(part.iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte)))
    };
    let tail = bytes.len().saturating_sub(65_557);
    let end = bytes.get(tail..).unwrap_or_default().windows(4).rposition(|w| w == b"PK\x05\x06");
    let end = tail + end.ok_or_else(|| torn("no end of the directory"))?;
    let directory = || Some((number(end + 10, 2)?, number(end + 16, 4)?));
    let (count, mut at) = directory().ok_or_else(|| torn("a cut directory"))?;
    for _ in 0..count.min(ENTRIES_MOST) {
        let entry = || {
            let (name, extra, comment) =
                (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
            let text = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name)?).into_owned();
            Some((text, at + 46 + name + extra + comment))
        };
        if bytes.get(at..at.saturating_add(4)) != Some(b"PK\x01\x02") {
            return Err(torn("no entry of the directory").into());
        }
        let (name, next) = entry().ok_or_else(|| torn("a cut entry"))?;
        if name.to_ascii_lowercase().ends_with(".hgt") {
            let content = || {
                let fields = [(8, 2), (10, 2), (16, 4), (20, 4), (42, 4)];
                let [flags, method, crc, size, offset] =
                    fields.map(|(field, n)| number(at + field, n));
                let offset = offset?;
                let start =
                    offset.checked_add(30)? + number(offset + 26, 2)? + number(offset + 28, 2)?;
                Some((flags?, method?, crc?, bytes.get(start..start.checked_add(size?)?)?))
            };
            let (flags, method, crc, packed) = content().ok_or_else(|| torn("a cut file"))?;
            return unpack(flags, method, crc, packed).map(|plain| (name, plain));
        }
        at = next;
    }
    Err(Fault::new(Code::WrongKind, "a zip with a .hgt file").value("none of its files").into())
}

fn unpack(flags: usize, method: usize, crc: usize, packed: &[u8]) -> Result<Vec<u8>> {
    let limit = SIDES.into_iter().max().map_or(0, |side| side * side * 2);
    let mut plain = Vec::new();
    match (flags & 1, method) {
        (0, 0) => {
            plain.extend_from_slice(packed.get(..packed.len().min(limit + 1)).unwrap_or(packed));
        }
        (0, 8) => {
            let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
            let read = DeflateDecoder::new(packed).take(most).read_to_end(&mut plain);
            read.map_err(|error| Fault::new(Code::Corrupt, "deflated samples").value(error))?;
        }
        (_, method) => {
            let expected = "a stored or deflated file without a password";
            return Err(Fault::new(Code::WrongKind, expected)
                .value(format!("method {method}"))
                .into());
        }
    }
    if plain.len() > limit {
        return Err(Fault::new(Code::TooLarge, format!("at most {limit} bytes in the zip")).into());
    }
    let mut sum = Crc::new();
    sum.update(&plain);
    if usize::try_from(sum.sum()).ok() != Some(crc) {
        return Err(Fault::new(Code::Corrupt, "the check sum of the zip").field("crc-32").into());
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A tile whose heights are a function of degrees north and east of its corner.
    fn tile(height: impl Fn(f64, f64) -> i16) -> Vec<u8> {
        let at = |i: usize| f64::from(u32::try_from(i).unwrap()) / 1200.0;
        (0..1201 * 1201)
            .flat_map(|i| height(1.0 - at(i / 1201), at(i % 1201)).to_be_bytes())
            .collect()
    }

    #[test]
    fn a_folder_of_tiles_is_read_whole_and_an_empty_one_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut ground = Elevation::new();
        assert_eq!(ground.open(folder.path()).unwrap_err().faults()[0].code(), Code::Empty);
        for (name, height) in [("N30E090.hgt", 700), ("N31E090.HGT", 800)] {
            std::fs::write(folder.path().join(name), tile(|_, _| height)).unwrap();
        }
        std::fs::write(folder.path().join("readme.txt"), "no tile").unwrap();
        ground.open(folder.path()).unwrap();
        assert_eq!(ground.raw_m(Point::wgs84(30.5, 90.5)), Some(700.0));
        assert_eq!(ground.raw_m(Point::wgs84(31.5, 90.5)), Some(800.0));
    }

    #[expect(clippy::cast_possible_truncation, reason = "made for that")]
    fn slope(north: f64, east: f64) -> i16 {
        (1200.0 * north + 2400.0 * east).round() as i16
    }

    fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut packer =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        let squeezed = packer.finish().unwrap();
        let mut sum = Crc::new();
        sum.update(bytes);
        let u16s = |v: &[u16]| v.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let u32s = |v: &[usize]| {
            v.iter().flat_map(|v| u32::try_from(*v).unwrap().to_le_bytes()).collect::<Vec<u8>>()
        };
        let sizes = u32s(&[usize::try_from(sum.sum()).unwrap(), squeezed.len(), bytes.len()]);
        let length = u16::try_from(name.len()).unwrap();
        let common = [&u16s(&[20, 0, 8, 0, 0])[..], &sizes, &u16s(&[length, 0])].concat();
        let local = [b"PK\x03\x04", &common[..], name.as_bytes(), &squeezed].concat();
        let central =
            [b"PK\x01\x02", &u16s(&[20])[..], &common, &[0; 10], &u32s(&[0]), name.as_bytes()]
                .concat();
        let ends = [
            &b"PK\x05\x06"[..],
            &u16s(&[0, 0, 1, 1]),
            &u32s(&[central.len(), local.len()]),
            &u16s(&[0]),
        ]
        .concat();
        [local, central, ends].concat()
    }

    fn ground(tiles: &[(&str, Vec<u8>)]) -> Elevation {
        let mut ground = Elevation::new();
        for (name, bytes) in tiles {
            ground.add(name, bytes).unwrap();
        }
        ground
    }

    #[test]
    fn heights_are_bilinear_and_smoothing_keeps_a_plane() {
        let ground = ground(&[("N42E001.hgt", tile(slope))]);
        for (lat, lon) in [(42.3, 1.4), (42.000_1, 1.999_9), (42.5, 1.5)] {
            let expected = 1200.0 * (lat - 42.0) + 2400.0 * (lon - 1.0);
            let point = Point::wgs84(lat, lon);
            assert!((ground.raw_m(point).unwrap() - expected).abs() < 1e-6);
            assert!((ground.smooth_m(point).unwrap() - expected).abs() < 3.0);
        }
        assert_eq!(ground.raw_m(Point::wgs84(43.5, 1.5)), None);
        assert_eq!(ground.raw_m(Point::wgs84(f64::NAN, 1.5)), None);
    }

    #[test]
    fn seams_are_crossed_without_a_step_even_at_the_date_line() {
        let west = ground(&[("S01E179.hgt", tile(|_, _| 100)), ("S01W180.hgt", tile(|_, _| 100))]);
        for lon in [179.9999, 180.0, -180.0, -179.9999] {
            assert_eq!(west.smooth_m(Point::wgs84(-0.5, lon)), Some(100.0), "{lon}");
        }
        // The rim of the only tile.
        for (lat, lon) in [(-1.0, 179.5), (0.0, 179.5), (-0.5, 179.0)] {
            assert_eq!(west.raw_m(Point::wgs84(lat, lon)), Some(100.0), "{lat} {lon}");
        }
        let pole = ground(&[("N89E010.hgt", tile(|_, _| 7))]);
        assert_eq!(pole.smooth_m(Point::wgs84(90.0, 10.5)), Some(7.0));
    }

    #[test]
    fn voids_are_filled_from_around() {
        let holed = tile(|north, east| {
            let inside = (0.4..0.6).contains(&north) && (0.4..0.6).contains(&east);
            if inside { VOID } else { slope(north, east) }
        });
        let ground = ground(&[("N10E010.hgt", holed)]);
        assert!(ground.voids_filled() > 50_000);
        let middle = ground.raw_m(Point::wgs84(10.5, 10.5)).unwrap();
        assert!((middle - f64::from(slope(0.5, 0.5))).abs() < 5.0, "{middle}");
        let nothing = self::ground(&[("N10E010.hgt", tile(|_, _| VOID))]);
        assert_eq!((nothing.raw_m(Point::wgs84(10.5, 10.5)), nothing.voids_filled()), (None, 0));
    }

    #[test]
    fn a_zip_is_as_good_as_its_tile() {
        let plain = tile(slope);
        let packed = zip("N42E001.hgt", &plain);
        assert_eq!(ground(&[("N42E001.hgt", plain)]), ground(&[("any.zip", packed)]));
    }

    #[test]
    fn bad_tiles_are_refused_with_a_reason() {
        let refuse = |name: &str, bytes: &[u8], code: Code| {
            let error = Elevation::new().add(name, bytes).unwrap_err();
            assert_eq!(error.faults()[0].code(), code, "{name}: {error}");
        };
        let plain = tile(slope);
        refuse("N42E001.hgt", &plain[..1000], Code::CutOff);
        refuse("N42E001.hgt", &[], Code::CutOff);
        for name in ["height.hgt", "N42.hgt", "X42E001.hgt", "N42E1é1.hgt", "N95E001.hgt", ""] {
            refuse(name, &plain, Code::WrongKind);
        }
        let packed = zip("N42E001.hgt", &plain);
        refuse("a.zip", &zip("readme.txt", &plain), Code::WrongKind);
        refuse("a.zip", &zip("N42E001.hgt", &plain[..10]), Code::CutOff);
        refuse("a.zip", &zip("N42E001.hgt", &vec![0; 30_000_000]), Code::TooLarge);
        for cut in [2, 30, packed.len() / 2, packed.len() - 23] {
            refuse("a.zip", &packed[..cut], Code::Corrupt);
        }
        let mut torn = packed.clone();
        let middle = torn.len() / 2;
        torn[middle] ^= 0x55;
        refuse("a.zip", &torn, Code::Corrupt);
    }
}

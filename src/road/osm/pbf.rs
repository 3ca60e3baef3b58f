//! The outer layer of a PBF map: a row of blobs, each packed for itself. Ways are read first, then
//! the nodes they need, so that memory follows the roads and not the file.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use std::borrow::Cow;
use std::io::Read;

use flate2::bufread::ZlibDecoder;
use rayon::prelude::*;

use super::block::Block;
use super::haul::{Haul, Used};
use super::wire::{Message, Torn};
use super::{Cut, OsmData};
use crate::error::{Code, Error, Fault, Result};

/// The largest header of a blob, bytes.
const HEADER_BYTES: usize = 64 << 10;
/// The largest blob, packed or unpacked, bytes.
const BLOB_BYTES: u64 = 32 << 20;
/// The most blobs of a file. A map of 2 GiB has some 100,000.
const BLOBS: usize = 500_000;
/// All blobs together may always unpack to this, bytes.
const TOTAL_FREE: u64 = 256 << 20;
/// Beyond that, to this multiple of the file. Maps pack two to ten times.
const TOTAL_TIMES: u64 = 64;

/// The features of a file this reader can do with.
const FEATURES: [&str; 3] = ["OsmSchema-V0.6", "DenseNodes", HISTORY];
/// Says that objects come in several versions.
const HISTORY: &str = "HistoricalInformation";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlobKind {
    Header,
    Data,
    Unknown,
}

/// One blob, still packed.
#[derive(Debug)]
struct Blob<'a> {
    kind: BlobKind,
    place: String,
    packed: Packed<'a>,
}

#[derive(Debug)]
enum Packed<'a> {
    Raw(&'a [u8]),
    Zlib { bytes: &'a [u8], size: u64 },
}

/// Reads a whole map, or what is whole of one that is cut off.
pub(super) fn parse(bytes: &[u8], cut: Cut) -> Result<OsmData> {
    let (blobs, cut_off) = split(bytes, cut)?;
    let mut haul = Haul::new(false);
    haul.counts.bytes_cut_off = cut_off;
    let mut unknown: u64 = 0;
    for blob in &blobs {
        match blob.kind {
            BlobKind::Header => haul.history |= blob.is_history()?,
            BlobKind::Data => {}
            BlobKind::Unknown => unknown = unknown.saturating_add(1),
        }
    }
    haul.counts.blocks_unknown = unknown;
    let history = haul.history;
    let data: Vec<&Blob> = blobs.iter().filter(|blob| blob.kind == BlobKind::Data).collect();
    let mut with_nodes = Vec::new();
    for (blob, (has_nodes, part)) in data.iter().zip(all(&data, |blob| blob.roads(history))?) {
        haul.append(part);
        if has_nodes {
            with_nodes.push(*blob);
        }
    }
    let mut roads = haul.settle();
    for part in all(&with_nodes, |blob| blob.nodes(&roads.used, history))? {
        roads.append(part);
    }
    Ok(roads.finish())
}

/// Does the same with each blob, in parallel; the parts come in the order of the file. Reports the
/// faults of all blobs.
fn all<T: Send>(blobs: &[&Blob], work: impl Fn(&Blob) -> Result<T> + Sync) -> Result<Vec<T>> {
    let results: Vec<_> = blobs.par_iter().map(|blob| work(blob)).collect();
    let mut parts = Vec::with_capacity(results.len());
    let mut faults = Vec::new();
    for result in results {
        match result {
            Ok(part) => parts.push(part),
            Err(error) => faults.extend_from_slice(error.faults()),
        }
    }
    if faults.is_empty() { Ok(parts) } else { Err(Error::input(faults)) }
}

/// Splits the file into its blobs; also says how many bytes are left over of one that is cut off.
fn split(bytes: &[u8], cut: Cut) -> Result<(Vec<Blob<'_>>, u64)> {
    let mut blobs = Vec::new();
    let (mut rest, mut cut_off) = (bytes, 0);
    while !rest.is_empty() {
        let at = bytes.len().saturating_sub(rest.len());
        let place = format!("block {} at byte {at}", blobs.len());
        if blobs.len() == BLOBS {
            return Err(Fault::new(Code::TooLarge, "at most 500000 blocks").place(place).into());
        }
        let last = u64::try_from(rest.len()).unwrap_or(u64::MAX);
        match next_blob(&mut rest, place) {
            Ok(blob) => blobs.push(blob),
            Err(error) if cut == Cut::Kept && is_cut_off(&error) => {
                cut_off = last;
                break;
            }
            Err(error) => return Err(error),
        }
    }
    if blobs.first().is_none_or(|blob| blob.kind != BlobKind::Header) {
        let fault = Fault::new(Code::Corrupt, "the header block first").place("block 0 at byte 0");
        return Err(fault.field("blob type").value("another type").into());
    }
    let total = blobs.iter().map(Blob::size).fold(0, u64::saturating_add);
    let file = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let limit = file.saturating_mul(TOTAL_TIMES).max(TOTAL_FREE);
    if total > limit {
        let fault = Fault::new(Code::TooLarge, format!("at most {limit} bytes when unpacked"));
        return Err(fault.place("all blocks").field("raw_size").value(total).into());
    }
    Ok((blobs, cut_off))
}

fn is_cut_off(error: &Error) -> bool {
    error.faults().iter().any(|fault| fault.code() == Code::CutOff)
}

/// Takes the next blob: four bytes of length, a header of that length that names type and size,
/// and the blob of that size.
fn next_blob<'a>(rest: &mut &'a [u8], place: String) -> Result<Blob<'a>> {
    let torn = |torn: Torn| Error::from(torn.at(place.clone()));
    let length = take(rest, 4, &place)?;
    let length = length.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
    if length > HEADER_BYTES {
        let fault = Fault::new(Code::Corrupt, format!("at most {HEADER_BYTES} bytes"));
        return Err(fault.place(place).field("blob header").value(length).into());
    }
    let (mut kind, mut size) = (BlobKind::Unknown, None);
    for field in Message::new(take(rest, length, &place)?) {
        match field.map_err(torn)? {
            (1, value) => {
                kind = match value.bytes("blob type").map_err(torn)? {
                    b"OSMHeader" => BlobKind::Header,
                    b"OSMData" => BlobKind::Data,
                    _ => BlobKind::Unknown,
                };
            }
            (3, value) => size = Some(value.number("blob size").map_err(torn)?),
            _ => {}
        }
    }
    let size = size.filter(|size| *size <= BLOB_BYTES).and_then(|size| usize::try_from(size).ok());
    let Some(size) = size else {
        let found = Torn::new("blob size", "none or more", "at most 33554432 bytes");
        return Err(found.at(place).into());
    };
    let packed = packed(kind, take(rest, size, &place)?, &place)?;
    Ok(Blob { kind, place, packed })
}

fn take<'a>(rest: &mut &'a [u8], length: usize, place: &str) -> Result<&'a [u8]> {
    let Some((head, tail)) = rest.split_at_checked(length) else {
        let fault = Fault::new(Code::CutOff, format!("{length} more bytes"));
        return Err(fault.place(place).value(format!("the end after {}", rest.len())).into());
    };
    *rest = tail;
    Ok(head)
}

/// What is in a blob, and how it is packed.
fn packed<'a>(kind: BlobKind, blob: &'a [u8], place: &str) -> Result<Packed<'a>> {
    if kind == BlobKind::Unknown {
        return Ok(Packed::Raw(&[]));
    }
    let torn = |torn: Torn| Error::from(torn.at(place.to_owned()));
    let (mut size, mut raw, mut zlib) = (None, None, None);
    for field in Message::new(blob) {
        match field.map_err(torn)? {
            (1, value) => raw = Some(value.bytes("raw").map_err(torn)?),
            (2, value) => size = Some(value.number("raw_size").map_err(torn)?),
            (3, value) => zlib = Some(value.bytes("zlib_data").map_err(torn)?),
            (4, _) => return Err(unknown_packing("lzma", place)),
            (5, _) => return Err(unknown_packing("bzip2", place)),
            (6, _) => return Err(unknown_packing("lz4", place)),
            (7, _) => return Err(unknown_packing("zstd", place)),
            _ => {}
        }
    }
    let wrong_size =
        |found: u64, expected| Err(torn(Torn::new("raw_size", found.to_string(), expected)));
    match (raw, zlib, size) {
        (Some(raw), None, size) => match (u64::try_from(raw.len()).ok(), size) {
            (Some(length), Some(size)) if length != size => {
                wrong_size(size, "the size of the raw data")
            }
            _ => Ok(Packed::Raw(raw)),
        },
        (None, Some(_), Some(size)) if size > BLOB_BYTES => {
            wrong_size(size, "at most 33554432 bytes")
        }
        (None, Some(bytes), Some(size)) => Ok(Packed::Zlib { bytes, size }),
        (None, Some(_), None) => Err(torn(Torn::new("raw_size", "none", "a size"))),
        _ => Err(torn(Torn::new("blob", "none or both", "either raw or zlib data"))),
    }
}

fn unknown_packing(name: &str, place: &str) -> Error {
    let expected = "blocks packed with zlib, or not at all (osmium cat -o new.osm.pbf rewrites it)";
    Fault::new(Code::UnknownFeature, expected).place(place).field("compression").value(name).into()
}

impl<'a> Blob<'a> {
    fn size(&self) -> u64 {
        match self.packed {
            Packed::Raw(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Packed::Zlib { size, .. } => size,
        }
    }

    /// The data, of the declared size and with the right checksum.
    fn unpack(&self) -> std::result::Result<Cow<'a, [u8]>, Torn> {
        let (bytes, size) = match self.packed {
            Packed::Raw(bytes) => return Ok(Cow::Borrowed(bytes)),
            Packed::Zlib { bytes, size } => (bytes, size),
        };
        let mut plain = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let mut unpacker = ZlibDecoder::new(bytes).take(size.saturating_add(1));
        if let Err(error) = unpacker.read_to_end(&mut plain) {
            return Err(Torn::new("zlib_data", error.to_string(), "a whole zlib stream"));
        }
        if u64::try_from(plain.len()) != Ok(size) {
            return Err(Torn::new("raw_size", size.to_string(), "the size of the unpacked data"));
        }
        Ok(Cow::Owned(plain))
    }

    /// True when the header says so; refuses features this reader does not know.
    fn is_history(&self) -> Result<bool> {
        let torn = |torn: Torn| Error::from(torn.at(self.place.clone()));
        let mut history = false;
        for field in Message::new(&self.unpack().map_err(torn)?) {
            if let (4, value) = field.map_err(torn)? {
                let name = value.bytes("required feature").map_err(torn)?;
                let name = String::from_utf8_lossy(name);
                if !FEATURES.contains(&&*name) {
                    let fault = Fault::new(Code::UnknownFeature, FEATURES.join(", "));
                    return Err(fault
                        .place(&*self.place)
                        .field("required feature")
                        .value(name)
                        .into());
                }
                history |= name == HISTORY;
            }
        }
        Ok(history)
    }

    /// Ways and relations of a data block, and whether it holds nodes.
    fn roads(&self, history: bool) -> Result<(bool, Haul)> {
        let work = || {
            let bytes = self.unpack()?;
            let block = Block::open(&bytes)?;
            let mut haul = Haul::new(history);
            block.roads(&mut haul)?;
            Ok((block.has_nodes()?, haul))
        };
        work().map_err(|torn: Torn| torn.at(self.place.clone()).into())
    }

    /// The nodes of a data block.
    fn nodes(&self, used: &Used, history: bool) -> Result<Haul> {
        let work = || {
            let bytes = self.unpack()?;
            let mut haul = Haul::new(history);
            Block::open(&bytes)?.nodes(used, &mut haul)?;
            Ok(haul)
        };
        work().map_err(|torn: Torn| torn.at(self.place.clone()).into())
    }
}

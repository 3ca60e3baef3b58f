//! Bad maps: each is refused with a code, a place and a reason.

use super::encode::{Message, PLAIN, blob, block, frame, gzip, header, zlib};
use super::*;

/// The one fault in these bytes.
fn fault(bytes: &[u8]) -> (Code, String) {
    let error = parse("map.osm", bytes).expect_err("the map is bad");
    let [fault] = error.faults() else { panic!("one fault, not {error}") };
    assert_eq!(fault.file_name(), "map.osm", "{fault}");
    assert!(!fault.place_name().is_empty() || fault.code() == Code::TooMuchLost, "{fault}");
    (fault.code(), fault.to_string())
}

fn refused(bytes: &[u8], code: Code, says: &str) {
    let (found, text) = fault(bytes);
    assert_eq!(found, code, "{text}");
    assert!(text.contains(says), "{text}");
}

#[test]
fn a_cut_pbf_is_refused_with_its_place() {
    let bytes = VILLAGE.pbf(PLAIN);
    refused(&bytes[..bytes.len() - 1], Code::CutOff, "block 2 at byte");
    refused(&bytes[..bytes.len() / 2], Code::CutOff, "block 1 at byte 47");
}

#[test]
fn of_a_cut_pbf_the_blocks_before_are_read_when_forced() {
    let bytes = VILLAGE.pbf(PLAIN);
    let whole = parse("map", &bytes).unwrap();
    assert_eq!(parse_lossy("map", &bytes).unwrap(), whole, "nothing is lost of a whole one");
    // Blocks: the header, the nodes, the ways and relations.
    let (mut last, mut read) = (None, 0);
    for cut in 47..bytes.len() {
        let left = parse_lossy("map", &bytes[..cut]).unwrap();
        assert!(left.counts.nodes <= whole.counts.nodes && left.ways.len() <= whole.ways.len());
        let is_new = last.as_ref() != Some(&left.counts.nodes);
        read += usize::from(is_new);
        last = Some(left.counts.nodes);
        if left.counts.bytes_cut_off > 0 {
            assert!(left.counts.to_string().contains("cut off: its last"));
        }
    }
    assert!(read >= 2, "block after block");
    let error = parse_lossy("map", &bytes[..20]).unwrap_err();
    assert_eq!(error.faults()[0].code(), Code::Corrupt, "not even its header: {error}");
    let damaged = frame("OSMData", &Message::default().number(2, 5).bytes(1, b""));
    let torn = [&bytes[..47], &damaged, &bytes[47..bytes.len() - 1]].concat();
    let error = parse_lossy("map", &torn).unwrap_err();
    assert_eq!(error.faults()[0].code(), Code::Corrupt, "damaged blocks stay refused");
}

#[test]
fn a_cut_gzip_or_xml_is_refused_with_its_place() {
    let text = VILLAGE.xml();
    refused(&text.as_bytes()[..text.len() - 3], Code::CutOff, "line");
    refused(&text.as_bytes()[..text.len() - 8], Code::CutOff, "line 20, byte");
    refused(&text.as_bytes()[..80], Code::CutOff, "line 3");
    let packed = gzip(text.as_bytes());
    refused(&packed[..packed.len() - 20], Code::CutOff, "unpacked text");
    let mut torn = packed.clone();
    let checksum = torn.len() - 6;
    torn[checksum] ^= 1;
    refused(&torn, Code::Corrupt, "gzip");
}

#[test]
fn every_cut_is_noticed() {
    let text = VILLAGE.xml();
    let closed = text.trim_end().len();
    for cut in 0..closed {
        assert!(parse("", &text.as_bytes()[..cut]).is_err(), "{cut}");
    }
    let packed = gzip(text.as_bytes());
    for cut in 0..packed.len() {
        assert!(parse("", &packed[..cut]).is_err(), "{cut}");
    }
    // A PBF has no end mark: only between two blocks can a cut go unnoticed.
    let map = VILLAGE.pbf(PLAIN);
    let whole = (0..map.len()).filter(|cut| parse("", &map[..*cut]).is_ok());
    assert_eq!(whole.count(), 2);
}

#[test]
fn xml_that_could_hurt_is_refused() {
    let wrap = |inner: &str| format!("<osm version='0.6'>{inner}</osm>");
    let dtd = "<!DOCTYPE osm [<!ENTITY a 'ha'>]><osm version='0.6'/>";
    refused(dtd.as_bytes(), Code::Syntax, "document type");
    let entity = wrap("<way id='1'><tag k='name' v='&a;'/></way>");
    refused(entity.as_bytes(), Code::Syntax, "entity");
    refused(wrap("<note>&a;</note>").as_bytes(), Code::Syntax, "&a;");
    assert!(parse("", wrap("<note>&amp;&#65;</note>").as_bytes()).is_ok());
    let deep = |depth| wrap(&("<a>".repeat(depth) + &"</a>".repeat(depth)));
    assert!(parse("", deep(15).as_bytes()).is_ok());
    refused(deep(16).as_bytes(), Code::TooLarge, "16");
    let wide = |count| {
        let list: Vec<String> = (0..count).map(|i| format!("a{i}='x'")).collect();
        wrap(&format!("<bounds {}/>", list.join(" ")))
    };
    assert!(parse("", wide(64).as_bytes()).is_ok());
    refused(wide(65).as_bytes(), Code::TooLarge, "64");
}

#[test]
fn broken_xml_is_refused_with_its_line() {
    let refuse = |text: &str, code, says| refused(text.as_bytes(), code, says);
    refuse("<osm version='0.6'>\n<node></way></osm>", Code::Syntax, "line 2");
    refuse("<osm version='0.6'>\n<node id='1' id='2'/></osm>", Code::Syntax, "line 2");
    refuse("<osm version='0.6'/><osm/>", Code::Syntax, "one element osm");
    refuse("<osm version='0.6'/>rest", Code::Syntax, "rest");
    refuse("<osm version='0.5'/>", Code::Version, "0.5");
    refuse("<?xml version='1.0' encoding='GBK'?><osm/>", Code::Encoding, "GBK");
    refused(b"<osm version='0.6'>\n\xff</osm>", Code::Encoding, "line 2, byte 20");
}

#[test]
fn other_files_are_told_by_their_looks() {
    refused(b"<gpx version='1.1'/>", Code::WrongKind, "GPX");
    refused(b"<!doctype html><html/>", Code::WrongKind, "HTML");
    refused(b"<osmChange version='0.6'/>", Code::WrongKind, "osmChange");
    refused(&gzip(b"<gpx/>"), Code::WrongKind, "GPX");
    refused(&gzip(&gzip(b"<osm/>")), Code::WrongKind, "gzip within");
    refused(b"\x90\x01\x02\x03 random", Code::WrongKind, "unknown kind");
    let empty = parse("map.osm", b"").unwrap_err();
    assert_eq!(empty.faults()[0].code(), Code::Empty);
}

#[test]
fn objects_that_make_no_sense_are_counted_and_too_many_refused() {
    let node = |i: i32| format!("<node id='{i}' lat='1' lon='1'/>");
    let good = (0..400).map(node).collect::<Vec<_>>().concat();
    let bad = "<node id='x' lat='1' lon='1'/><way id='1'><nd/></way>\
               <relation id='2'><member type='road' ref='1'/></relation>\
               <node id='9' lat='1,5' lon='1'/>";
    let data = parse("", format!("<osm version='0.6'>{good}{bad}</osm>").as_bytes()).unwrap();
    assert_eq!((data.counts.unreadable(), data.counts.nodes_unreadable), (4, 2));
    let text = format!("<osm version='0.6'>{bad}</osm>");
    refused(text.as_bytes(), Code::TooMuchLost, "4 of 4");
    let forced = parse_lossy("map", text.as_bytes()).unwrap();
    assert_eq!(forced.counts.unreadable(), 4, "forced, and counted");
}

#[test]
fn sizes_that_lie_are_refused() {
    let head = header(&["OsmSchema-V0.6"]);
    let refuse = |tail: &[u8], code, says| refused(&[&head, tail].concat(), code, says);
    let long = [&70_000u32.to_be_bytes()[..], &vec![0; 70_000]].concat();
    refuse(&long, Code::Corrupt, "70000");
    let sized = |size| {
        let header = Message::default().bytes(1, b"OSMData").number(3, size).0;
        [&u32::try_from(header.len()).unwrap().to_be_bytes()[..], &header].concat()
    };
    refuse(&sized((32 << 20) + 1), Code::Corrupt, "blob size");
    refuse(&sized(-1), Code::Corrupt, "blob size");
    refuse(&sized(1 << 20), Code::CutOff, "1048576 more bytes");
    let data = |blob: Message| frame("OSMData", &blob);
    let packed = zlib(b"");
    refuse(&data(Message::default().number(2, 5).bytes(3, &packed)), Code::Corrupt, "raw_size");
    refuse(
        &data(Message::default().number(2, 33 << 20).bytes(3, &packed)),
        Code::Corrupt,
        "raw_size",
    );
    refuse(&data(Message::default().bytes(3, &packed)), Code::Corrupt, "raw_size");
    refuse(&data(Message::default().number(2, 5).bytes(1, b"")), Code::Corrupt, "raw_size");
    refuse(&data(Message::default()), Code::Corrupt, "either raw or zlib");
    let mut torn = zlib(b"some text");
    *torn.last_mut().unwrap() ^= 1;
    refuse(&data(Message::default().number(2, 9).bytes(3, &torn)), Code::Corrupt, "zlib");
}

#[test]
fn unknown_features_and_packings_are_named() {
    refused(&header(&["OsmSchema-V0.6", "Wings"]), Code::UnknownFeature, "Wings");
    for (field, name) in [(4, "lzma"), (5, "bzip2"), (6, "lz4"), (7, "zstd")] {
        let blob = Message::default().number(2, 1).bytes(field, b"x");
        let bytes = [header(&["OsmSchema-V0.6"]), frame("OSMData", &blob)].concat();
        refused(&bytes, Code::UnknownFeature, name);
    }
}

#[test]
fn a_block_of_unknown_kind_is_skipped_and_counted() {
    let bytes = [VILLAGE.pbf(PLAIN), frame("Weather", &blob(&Message(vec![1]), true))].concat();
    let data = parse("", &bytes).unwrap();
    assert_eq!((data.counts.blocks_unknown, data.ways.len()), (1, 3));
}

/// A file of one block with this group.
fn one_group(group: &Message) -> Vec<u8> {
    let table: [&[u8]; 4] = [b"", b"highway", b"track", b"\xff"];
    [header(&["OsmSchema-V0.6"]), block(&table, std::slice::from_ref(group))].concat()
}

#[test]
fn a_block_that_contradicts_itself_is_refused_with_its_number() {
    let way = |keys: &[i64], values: &[i64]| {
        let way = Message::default().number(1, 1);
        let way = way.packed(2, keys.iter().copied()).packed(3, values.iter().copied());
        Message::default().bytes(3, &way.packed(8, [2, 2]).0)
    };
    let dense = |message: Message| Message::default().bytes(2, &message.0);
    let column = |field, length: usize| Message::default().packed(field, vec![2; length]);
    let join = |a: Message, b: Message| Message([a.0, b.0].concat());
    let full = || join(column(1, 2), join(column(8, 2), column(9, 2)));
    let roles = Message::default().number(1, 1).packed(8, [1]).packed(9, [2]);
    let cases = [
        (way(&[1], &[9]), "found \"9\""),
        (way(&[-1], &[1]), "string index"),
        (way(&[1, 1], &[2]), "1 for 2"),
        (dense(join(column(1, 2), join(column(8, 2), column(9, 1)))), "longitudes"),
        (dense(join(full(), column(10, 3))), "node tags"),
        (dense(full().packed(10, [0, 0, 0])), "node tags"),
        (dense(full().packed(10, [1, 7, 0, 0])), "string index"),
        (dense(full().bytes(5, &column(6, 1).0)), "visibles"),
        (Message::default().bytes(4, &roles.0), "member kinds"),
        (Message::default().bytes(3, &Message::default().0), "id"),
        (Message(vec![0x1b]), "wire type"),
        (Message::default().bytes(1, &Message::default().number(1, 2).0), "coordinates"),
    ];
    for (group, says) in cases {
        refused(&one_group(&group), Code::Corrupt, says);
        refused(&one_group(&group), Code::Corrupt, "block 1 at byte 35");
    }
}

#[test]
fn a_text_that_is_not_utf8_makes_its_object_unreadable() {
    let way = Message::default().number(1, 1).packed(2, [1]).packed(3, [3]).packed(8, [2, 2]);
    refused(&one_group(&Message::default().bytes(3, &way.0)), Code::TooMuchLost, "1 of 1");
}

#[test]
fn a_way_without_end_is_unreadable() {
    let way = Message::default().number(1, 1).packed(2, [1]).packed(3, [2]);
    let group = |length| Message::default().bytes(3, &way.clone().packed(8, vec![0; length]).0);
    assert!(parse("", &one_group(&group(100_000))).is_ok());
    refused(&one_group(&group(100_001)), Code::TooMuchLost, "1 of 1");
}

#[test]
fn every_bad_block_is_reported() {
    let bad = one_group(&Message(vec![0x1b]));
    let (head, tail) = bad.split_at(header(&["OsmSchema-V0.6"]).len());
    let error = parse("", &[head, tail, tail].concat()).unwrap_err();
    assert_eq!(error.faults().len(), 2);
}

#[test]
fn a_bomb_is_refused() {
    let packed = gzip(&vec![b' '; 70 << 20]);
    refused(&packed, Code::TooLarge, "67108864");
    let blob = frame("OSMData", &Message::default().number(2, 32 << 20).bytes(3, b"x"));
    let bytes = [header(&["OsmSchema-V0.6"]), blob.repeat(9)].concat();
    refused(&bytes, Code::TooLarge, "268435456");
    let bytes = [header(&[]), frame("", &Message::default()).repeat(500_000)].concat();
    refused(&bytes, Code::TooLarge, "500000");
}

#[test]
fn a_missing_file_is_named() {
    let error = read(Path::new("no/such/map.osm.pbf")).unwrap_err();
    assert_eq!(error.faults()[0].code(), Code::Unreadable);
    assert!(error.to_string().contains("no/such/map.osm.pbf"));
}

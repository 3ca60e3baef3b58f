//! Writes map data as `OpenStreetMap` XML, for maps that were made and not read.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::{OsmData, Tags};

/// The data as `OpenStreetMap` XML: nodes, then ways, in their order. Coordinates get seven
/// decimals, as in `OpenStreetMap` itself. Turn restrictions are not written.
pub fn to_xml(data: &OsmData) -> String {
    let mut text = String::with_capacity(96 * data.nodes.len() + 256 * data.ways.len());
    text.push_str("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n");
    // Writing to a String cannot fail.
    for node in &data.nodes {
        let (lat, lon) = (node.point.lat, node.point.lon);
        let ele = node.ele_m.map(|ele| ele.to_string());
        let _ = write!(text, "<node id=\"{}\" lat=\"{lat:.7}\" lon=\"{lon:.7}\"", node.id);
        if node.tags.is_empty() && ele.is_none() {
            text.push_str("/>\n");
            continue;
        }
        text.push('>');
        push_tags(&mut text, &node.tags);
        if let Some(ele) = ele.filter(|_| node.tags.get("ele").is_none()) {
            let _ = write!(text, "<tag k=\"ele\" v=\"{ele}\"/>");
        }
        text.push_str("</node>\n");
    }
    for way in &data.ways {
        let _ = write!(text, "<way id=\"{}\">", way.id);
        for node in &way.nodes {
            let _ = write!(text, "<nd ref=\"{node}\"/>");
        }
        push_tags(&mut text, &way.tags);
        text.push_str("</way>\n");
    }
    text.push_str("</osm>\n");
    text
}

fn push_tags(text: &mut String, tags: &Tags) {
    for (key, value) in tags.iter() {
        let _ = write!(text, "<tag k=\"{}\" v=\"{}\"/>", escape(key), escape(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Point;
    use crate::road::osm::{OsmNode, OsmWay, parse};

    #[test]
    fn what_is_written_is_read_again() {
        let node = |id, lat, lon, tags: &[(&str, &str)]| OsmNode {
            id,
            point: Point::wgs84(lat, lon),
            ele_m: None,
            tags: tags.iter().copied().collect(),
        };
        let tags: Tags = [("highway", "track"), ("name", "a \"<b>\" & c")].into_iter().collect();
        let data = OsmData {
            nodes: vec![
                node(1, 38.123_456_7, 90.0, &[]),
                node(2, -0.000_000_1, 90.1, &[("barrier", "gate")]),
            ],
            ways: vec![OsmWay { id: 7, nodes: vec![1, 2], tags }],
            ..OsmData::default()
        };
        let read = parse("roads.osm", to_xml(&data).as_bytes()).unwrap();
        let points =
            |data: &OsmData| data.nodes.iter().map(|n| (n.id, n.point)).collect::<Vec<_>>();
        assert_eq!(points(&read), points(&data));
        assert_eq!(read.ways[0].nodes, [1, 2]);
        assert_eq!(read.ways[0].tags.get("name"), Some("a \"<b>\" & c"));
        assert_eq!(read.nodes[1].tags.get("barrier"), Some("gate"));
    }
}

//! Tags of map objects, and which of them are worth keeping.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

/// The tags of one object: a small list, sorted by key, each key once (the first one counts).
///
/// Ways and relations keep all tags but noise: `source`, `note`, `created_by`, `fixme`,
/// `attribution` and what begins with `source:`, `note:`, `tiger:`, `gnis:`, `NHD:` and the like.
/// Nodes keep what routing and naming may ask for: `barrier`, `ford`, `highway`, `railway`, the
/// access family (`access`, `vehicle`, `motor_vehicle`, `hgv`, ...), `locked`, the limits of size
/// and weight, `place`, `name`, `name:zh`, `name:en`, `ele`, and all `*:conditional`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(Box<[(Arc<str>, Arc<str>)]>);

impl Tags {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(own, _)| (**own).cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| &**value)
    }

    /// All tags as `(key, value)`, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tags among `pairs` whose key `keep` accepts; no text is copied twice.
    pub(super) fn chosen(pairs: &[Pair<'_, '_>], keep: fn(&str) -> bool) -> Self {
        let chosen = pairs.iter().filter(|(key, _)| keep(key.text()));
        Self::sorted(chosen.map(|(key, value)| (key.share(), value.share())).collect())
    }

    fn sorted(mut tags: Vec<(Arc<str>, Arc<str>)>) -> Self {
        tags.sort_by(|one, other| one.0.cmp(&other.0));
        tags.dedup_by(|later, first| later.0 == first.0);
        Self(tags.into())
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Tags {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        Self::sorted(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// A text of the file. It becomes a text of ours at most once, however many objects use it: a
/// small file cannot swell by naming one long text a million times.
#[derive(Debug)]
pub(super) struct Word<'a> {
    text: Cow<'a, str>,
    shared: OnceCell<Arc<str>>,
}

/// Key and value of a tag, as the file has them.
pub(super) type Pair<'t, 'a> = (&'t Word<'a>, &'t Word<'a>);

impl<'a> Word<'a> {
    pub(super) fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), shared: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn share(&self) -> Arc<str> {
        Arc::clone(self.shared.get_or_init(|| Arc::from(&*self.text)))
    }
}

/// The value of `key` among tags that are not sorted yet; of two, the first.
pub(super) fn value<'t>(pairs: &[Pair<'t, '_>], key: &str) -> Option<&'t str> {
    pairs.iter().find(|(own, _)| own.text() == key).map(|(_, value)| value.text())
}

/// Keys that say where data came from, not what the road is like.
const NOISE: [&str; 8] =
    ["FIXME", "attribution", "comment", "created_by", "fixme", "import", "note", "source"];
/// The same by the beginning of the key.
const NOISE_STARTS: [&str; 10] =
    ["source:", "source_", "note:", "tiger:", "gnis:", "NHD:", "nhd:", "KSJ2:", "import:", "osak:"];

/// True for the tags of a way or relation that are kept.
pub(super) fn is_signal(key: &str) -> bool {
    !NOISE.contains(&key) && !NOISE_STARTS.iter().any(|start| key.starts_with(start))
}

/// Keys kept of nodes. Invariant: sorted.
const NODE_KEYS: [&str; 40] = [
    "access",
    "agricultural",
    "amenity",
    "barrier",
    "bicycle",
    "bollard",
    "crossing",
    "delivery",
    "depth",
    "direction",
    "ele",
    "foot",
    "ford",
    "forestry",
    "goods",
    "hgv",
    "highway",
    "locked",
    "maxaxleload",
    "maxheight",
    "maxheight:physical",
    "maxlength",
    "maxweight",
    "maxwidth",
    "maxwidth:physical",
    "mofa",
    "moped",
    "motor_vehicle",
    "motorcar",
    "motorcycle",
    "name",
    "name:en",
    "name:zh",
    "opening_hours",
    "place",
    "railway",
    "seasonal",
    "toll",
    "traffic_calming",
    "vehicle",
];

/// True for the tags of a node that are kept.
pub(super) fn is_node_key(key: &str) -> bool {
    NODE_KEYS.binary_search(&key).is_ok() || key.ends_with(":conditional")
}

/// The height of an `ele` tag in metres: a plain number, perhaps with `m` behind it, between the
/// Dead Sea and Everest.
pub(super) fn height_m(text: &str) -> Option<f64> {
    let text = text.trim();
    let number: f64 = text.strip_suffix('m').unwrap_or(text).trim_end().parse().ok()?;
    (-500.0..=9000.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_sorted_and_the_first_of_a_double_key_counts() {
        let tags = Tags::from_iter([("surface", "mud"), ("highway", "track"), ("surface", "sand")]);
        let list: Vec<_> = tags.iter().collect();
        assert_eq!(list, [("highway", "track"), ("surface", "mud")]);
        assert_eq!((tags.get("surface"), tags.get("name")), (Some("mud"), None));
        assert_eq!((tags.len(), tags.is_empty()), (2, false));
    }

    #[test]
    fn node_keys_are_sorted() {
        assert!(NODE_KEYS.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(is_node_key("motor_vehicle:conditional") && !is_node_key("source"));
    }

    #[test]
    fn noise_goes_and_the_road_stays() {
        assert!(!is_signal("tiger:cfcc") && !is_signal("source") && !is_signal("note:zh"));
        assert!(is_signal("surface") && is_signal("maxspeed") && is_signal("notes"));
    }

    #[test]
    fn a_height_is_plausible_or_absent() {
        let read = ["2315", " 4.5 m", "1200m", "4000 ft", "NaN", "1e9", "", "1,200"].map(height_m);
        let expected = [Some(2315.0), Some(4.5), Some(1200.0), None, None, None, None, None];
        assert_eq!(read, expected);
    }
}

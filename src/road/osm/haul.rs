//! What has been read so far, and the rules by which it is kept or dropped: one set of rules for
//! every format.

use std::cmp::Reverse;

use rayon::slice::ParallelSliceMut;

use super::counts::ReadCounts;
use super::tags::{Pair, Tags, height_m, is_node_key, is_signal, value};
use super::{OsmData, OsmNode, OsmRestriction, OsmWay, Via};
use crate::place::Point;

/// More nodes than any way has; the map's own rule is 2,000.
pub(super) const WAY_NODES: usize = 100_000;

/// What every object begins with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) id: i64,
    /// -1 where the file gives none.
    pub(super) version: i64,
    /// False for a deleted object.
    pub(super) visible: bool,
}

/// One version of an object, or the note that this version is not to be kept.
#[derive(Debug)]
struct Draft<T> {
    id: i64,
    version: i64,
    item: Option<T>,
}

/// What a relation's member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberKind {
    Node,
    Way,
    Other,
}

/// The part a member plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    From,
    Via,
    To,
    Other,
}

impl Role {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "from" => Self::From,
            "via" => Self::Via,
            "to" => Self::To,
            _ => Self::Other,
        }
    }
}

/// A member of a relation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) kind: MemberKind,
    pub(super) id: i64,
    pub(super) role: Role,
}

/// What one block, or a whole text, has brought in.
#[derive(Debug, Default)]
pub(super) struct Haul {
    /// True when an object may come in several versions: then also those that are not kept are
    /// noted, lest an older version rise again.
    pub(super) history: bool,
    pub(super) counts: ReadCounts,
    nodes: Vec<Draft<OsmNode>>,
    ways: Vec<Draft<OsmWay>>,
    restrictions: Vec<Draft<OsmRestriction>>,
}

impl Haul {
    pub(super) fn new(history: bool) -> Self {
        Self { history, ..Self::default() }
    }

    /// Takes in a node; `used` says that a kept way may need it.
    pub(super) fn node(&mut self, head: Head, point: Option<Point>, tags: &[Pair], used: bool) {
        self.counts.nodes += 1;
        let item = match point.filter(|point| point.is_on_globe()) {
            _ if !head.visible => {
                self.counts.nodes_deleted += 1;
                None
            }
            None => {
                self.counts.nodes_off_globe += 1;
                None
            }
            Some(_) if !used && !is_named_place(tags) => {
                self.counts.nodes_unused += 1;
                None
            }
            Some(point) => Some(OsmNode {
                id: head.id,
                point,
                ele_m: value(tags, "ele").and_then(height_m),
                tags: Tags::chosen(tags, is_node_key),
            }),
        };
        put(&mut self.nodes, self.history, head, item);
    }

    /// Takes in a way.
    pub(super) fn way(&mut self, head: Head, nodes: &[i64], tags: &[Pair]) {
        self.counts.ways += 1;
        let item = if !head.visible {
            self.counts.ways_deleted += 1;
            None
        } else if !is_road(tags) {
            self.counts.ways_no_road += 1;
            None
        } else if nodes.len() < 2 {
            self.counts.ways_short += 1;
            None
        } else if nodes.len() > WAY_NODES {
            self.counts.ways_unreadable += 1;
            None
        } else {
            let tags = Tags::chosen(tags, is_signal);
            Some(OsmWay { id: head.id, nodes: nodes.to_vec(), tags })
        };
        put(&mut self.ways, self.history, head, item);
    }

    /// Takes in a relation.
    pub(super) fn relation(&mut self, head: Head, members: &[Member], tags: &[Pair]) {
        self.counts.relations += 1;
        let item = if !head.visible {
            self.counts.relations_deleted += 1;
            None
        } else if !is_restriction(tags) {
            self.counts.relations_other += 1;
            None
        } else {
            let item = restriction(head.id, members, tags);
            self.counts.restrictions_incomplete += u64::from(item.is_none());
            item
        };
        put(&mut self.restrictions, self.history, head, item);
    }

    pub(super) fn unreadable_node(&mut self) {
        self.counts.nodes += 1;
        self.counts.nodes_unreadable += 1;
    }

    pub(super) fn unreadable_way(&mut self) {
        self.counts.ways += 1;
        self.counts.ways_unreadable += 1;
    }

    pub(super) fn unreadable_relation(&mut self) {
        self.counts.relations += 1;
        self.counts.relations_unreadable += 1;
    }

    /// Adds what a later part of the file has brought in.
    pub(super) fn append(&mut self, mut later: Self) {
        self.counts += &later.counts;
        self.nodes.append(&mut later.nodes);
        self.ways.append(&mut later.ways);
        self.restrictions.append(&mut later.restrictions);
    }

    /// Settles ways and restrictions; what remains to do is the nodes.
    pub(super) fn settle(mut self) -> Roads {
        let (ways, double) = settle(self.ways);
        self.counts.ways_double += double;
        self.counts.ways_kept = count(ways.len());
        let (restrictions, double) = settle(self.restrictions);
        self.counts.restrictions_double += double;
        self.counts.restrictions_kept = count(restrictions.len());
        let used = Used::by(&ways);
        let data = OsmData { nodes: Vec::new(), ways, restrictions, counts: self.counts };
        Roads { used, nodes: self.nodes, data }
    }
}

/// Ways and restrictions are settled, nodes are to come.
#[derive(Debug)]
pub(super) struct Roads {
    /// The nodes of the kept ways.
    pub(super) used: Used,
    nodes: Vec<Draft<OsmNode>>,
    data: OsmData,
}

impl Roads {
    /// Adds nodes that were read after the ways.
    pub(super) fn append(&mut self, mut later: Haul) {
        self.data.counts += &later.counts;
        self.nodes.append(&mut later.nodes);
    }

    /// Settles the nodes and counts what the ways miss.
    pub(super) fn finish(mut self) -> OsmData {
        let mut hint = 0;
        for draft in &mut self.nodes {
            let unused = draft.item.take_if(|node| {
                let is_named_place =
                    node.tags.get("place").is_some() && node.tags.get("name").is_some();
                !is_named_place && !self.used.has(node.id, &mut hint)
            });
            self.data.counts.nodes_unused += u64::from(unused.is_some());
        }
        let (nodes, double) = settle(self.nodes);
        self.data.counts.nodes_double += double;
        self.data.counts.nodes_kept = count(nodes.len());
        self.data.nodes = nodes;
        count_gaps(&mut self.data, &self.used);
        self.data
    }
}

/// Ids of the nodes that kept ways use. Invariant: sorted, each once.
#[derive(Debug)]
pub(super) struct Used(Vec<i64>);

impl Used {
    fn by(ways: &[OsmWay]) -> Self {
        let mut ids: Vec<i64> = ways.iter().flat_map(|way| way.nodes.iter().copied()).collect();
        ids.par_sort_unstable();
        ids.dedup();
        Self(ids)
    }

    /// True when `id` is among them. `hint` is where the last one was found: files give nodes in
    /// the order of their ids, so the next one is near; strides double until they pass it.
    pub(super) fn has(&self, id: i64, hint: &mut usize) -> bool {
        let below = |at: usize| self.0.get(at).is_some_and(|own| *own <= id);
        let mut from = if below(*hint) { *hint } else { 0 };
        let mut stride: usize = 1;
        while below(from.saturating_add(stride)) {
            from = from.saturating_add(stride);
            stride = stride.saturating_mul(2);
        }
        let to = from.saturating_add(stride).min(self.0.len());
        let Ok(at) = self.0.get(from..to).unwrap_or(&[]).binary_search(&id) else {
            *hint = from;
            return false;
        };
        *hint = from.saturating_add(at);
        true
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn put<T>(drafts: &mut Vec<Draft<T>>, history: bool, head: Head, item: Option<T>) {
    if item.is_some() || history || !head.visible {
        drafts.push(Draft { id: head.id, version: head.version, item });
    }
}

/// One object for each id, sorted: the highest version, among equals the first in the file. Says
/// also how many were dropped for another.
fn settle<T>(mut drafts: Vec<Draft<T>>) -> (Vec<T>, u64) {
    drafts.sort_by_key(|draft| (draft.id, Reverse(draft.version)));
    let (mut items, mut double, mut last) = (Vec::with_capacity(drafts.len()), 0, None);
    for draft in drafts {
        if last.replace(draft.id) == Some(draft.id) {
            double += u64::from(draft.item.is_some());
        } else {
            items.extend(draft.item);
        }
    }
    (items, double)
}

/// Counts references of ways to nodes that are not there.
fn count_gaps(data: &mut OsmData, used: &Used) {
    let mut there = data.nodes.iter().map(|node| node.id).peekable();
    let is_missing = |id: &i64| {
        while there.next_if(|own| own < id).is_some() {}
        there.peek() != Some(id)
    };
    let missing: Vec<i64> = used.0.iter().copied().filter(is_missing).collect();
    if missing.is_empty() {
        return;
    }
    for way in &data.ways {
        let gaps = way.nodes.iter().filter(|id| missing.binary_search(id).is_ok()).count();
        data.counts.missing_references += count(gaps);
        data.counts.ways_with_gaps += u64::from(gaps > 0);
    }
}

fn is_road(tags: &[Pair]) -> bool {
    value(tags, "highway").is_some() || value(tags, "route") == Some("ferry")
}

fn is_named_place(tags: &[Pair]) -> bool {
    value(tags, "place").is_some() && value(tags, "name").is_some()
}

fn is_restriction(tags: &[Pair]) -> bool {
    value(tags, "type")
        .is_some_and(|kind| kind == "restriction" || kind.starts_with("restriction:"))
}

/// The turn restriction a relation describes, if it is complete: what it forbids, where from,
/// where to, and either one node or some ways between.
fn restriction(id: i64, members: &[Member], tags: &[Pair]) -> Option<OsmRestriction> {
    let forbids = |key: &str| key == "restriction" || key.starts_with("restriction:");
    tags.iter().find(|(key, _)| forbids(key.text()))?;
    let all = |role: Role, kind: MemberKind| -> Vec<i64> {
        let fit = members.iter().filter(|member| member.role == role && member.kind == kind);
        fit.map(|member| member.id).collect()
    };
    let (from, to) = (all(Role::From, MemberKind::Way), all(Role::To, MemberKind::Way));
    let (nodes, ways) = (all(Role::Via, MemberKind::Node), all(Role::Via, MemberKind::Way));
    let via = match (nodes.as_slice(), ways.is_empty()) {
        ([node], true) => Via::Node(*node),
        ([], false) => Via::Ways(ways),
        _ => return None,
    };
    if from.is_empty() || to.is_empty() {
        return None;
    }
    let kind = value(tags, "restriction").unwrap_or_default().to_owned();
    Some(OsmRestriction { id, kind, from, via, to, tags: Tags::chosen(tags, is_signal) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft(id: i64, version: i64, item: Option<char>) -> Draft<char> {
        Draft { id, version, item }
    }

    #[test]
    fn the_highest_version_counts_and_among_equals_the_first() {
        let drafts = vec![draft(7, -1, Some('a')), draft(3, 2, Some('b')), draft(7, -1, Some('c'))];
        assert_eq!(settle(drafts), (vec!['b', 'a'], 1));
        let drafts = vec![draft(3, 1, Some('a')), draft(3, 2, Some('b')), draft(4, 1, Some('c'))];
        assert_eq!(settle(drafts), (vec!['b', 'c'], 1));
    }

    #[test]
    fn what_was_deleted_last_stays_deleted() {
        let drafts = vec![draft(3, 1, Some('a')), draft(3, 2, None)];
        assert_eq!(settle(drafts), (vec![], 1));
    }

    proptest! {
        #[test]
        fn a_hint_never_changes_the_answer(
            mut ids in prop::collection::vec(-50..50i64, 0..40),
            asked in prop::collection::vec((-60..60i64, 0..60usize), 1..40),
        ) {
            ids.sort_unstable();
            ids.dedup();
            let used = Used(ids.clone());
            let mut hint = 0;
            for (id, leap) in asked {
                if leap % 7 == 0 {
                    hint = leap;
                }
                prop_assert_eq!(used.has(id, &mut hint), ids.contains(&id));
            }
        }
    }
}

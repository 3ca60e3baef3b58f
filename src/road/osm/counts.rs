//! What became of everything in an extract.

use std::fmt;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Fault, Result};

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What became of everything in an extract: each object is kept or counted under one cause.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct ReadCounts { $($(#[$doc])* pub $name: u64,)* }

        impl AddAssign<&Self> for ReadCounts {
            fn add_assign(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

counts! {
    /// Nodes in the file.
    nodes,
    /// Nodes kept.
    nodes_kept,
    /// Nodes on no kept way and no named place.
    nodes_unused,
    /// Nodes whose coordinates are not on the globe.
    nodes_off_globe,
    /// Nodes whose id was there already: the highest version counts, among equals the first.
    nodes_double,
    /// Nodes marked as deleted.
    nodes_deleted,
    /// Nodes that cannot be read.
    nodes_unreadable,
    /// Ways in the file.
    ways,
    /// Ways kept.
    ways_kept,
    /// Ways that are neither road nor ferry.
    ways_no_road,
    /// Roads and ferries with fewer than two nodes.
    ways_short,
    /// Roads and ferries whose id was there already.
    ways_double,
    /// Ways marked as deleted.
    ways_deleted,
    /// Ways that cannot be read.
    ways_unreadable,
    /// Relations in the file.
    relations,
    /// Turn restrictions kept.
    restrictions_kept,
    /// Relations that are no turn restriction.
    relations_other,
    /// Turn restrictions that lack an end, what lies between, or what they forbid.
    restrictions_incomplete,
    /// Turn restrictions whose id was there already.
    restrictions_double,
    /// Relations marked as deleted.
    relations_deleted,
    /// Relations that cannot be read.
    relations_unreadable,
    /// References of kept ways to nodes that are not there.
    missing_references,
    /// Kept ways with such a reference: they are to be cut there.
    ways_with_gaps,
    /// Blocks of a kind this reader does not know; the format says to skip them.
    blocks_unknown,
    /// Bytes of a block that a file ends in before its end, where such a file is read all the same. What
    /// would have followed is not known.
    bytes_cut_off,
}

/// So many nodes off the globe are a slip; more, if they are over 1 %, are a damaged file.
const FEW: u64 = 10;

impl ReadCounts {
    /// Objects that should have been read and could not.
    pub fn unreadable(&self) -> u64 {
        self.nodes_unreadable + self.ways_unreadable + self.relations_unreadable
    }

    /// Refuses what has lost more than 1 %.
    pub(super) fn check(&self) -> Result<()> {
        let total = self.nodes + self.ways + self.relations;
        let refuse = |field: &str, lost: u64, of: u64| {
            Err(Fault::new(Code::TooMuchLost, "at most 1 % of the objects")
                .field(field)
                .value(format!("{lost} of {of}"))
                .into())
        };
        if self.unreadable().saturating_mul(100) > total {
            return refuse("objects that cannot be read", self.unreadable(), total);
        }
        if self.nodes_off_globe > FEW && self.nodes_off_globe.saturating_mul(100) > self.nodes {
            return refuse("nodes off the globe", self.nodes_off_globe, self.nodes);
        }
        Ok(())
    }
}

/// Prints one line each for nodes, ways and relations, and one for what is missing.
impl fmt::Display for ReadCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            (
                "nodes",
                self.nodes,
                self.nodes_kept,
                vec![
                    (self.nodes_unused, "on no road"),
                    (self.nodes_off_globe, "off the globe"),
                    (self.nodes_double, "double"),
                    (self.nodes_deleted, "deleted"),
                    (self.nodes_unreadable, "unreadable"),
                ],
            ),
            (
                "ways",
                self.ways,
                self.ways_kept,
                vec![
                    (self.ways_no_road, "neither road nor ferry"),
                    (self.ways_short, "with fewer than two nodes"),
                    (self.ways_double, "double"),
                    (self.ways_deleted, "deleted"),
                    (self.ways_unreadable, "unreadable"),
                ],
            ),
            (
                "relations",
                self.relations,
                self.restrictions_kept,
                vec![
                    (self.relations_other, "no turn restriction"),
                    (self.restrictions_incomplete, "incomplete"),
                    (self.restrictions_double, "double"),
                    (self.relations_deleted, "deleted"),
                    (self.relations_unreadable, "unreadable"),
                ],
            ),
        ];
        for (name, read, kept, dropped) in lines {
            write!(f, "{name}: {read} read, {kept} kept")?;
            for (number, cause) in dropped.into_iter().filter(|(number, _)| *number > 0) {
                write!(f, ", {number} {cause}")?;
            }
            writeln!(f)?;
        }
        write!(f, "gaps: {} references to missing nodes", self.missing_references)?;
        write!(f, " in {} ways", self.ways_with_gaps)?;
        if self.blocks_unknown > 0 {
            write!(f, "\nblocks of unknown kind: {}", self.blocks_unknown)?;
        }
        match self.bytes_cut_off {
            0 => Ok(()),
            bytes => write!(
                f,
                "\nthe file is cut off: its last {bytes} bytes are part of a block and left out, and \
                 what followed is not known"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_only_the_causes_there_were() {
        let counts = ReadCounts { nodes: 5, nodes_kept: 3, nodes_double: 2, ..Default::default() };
        let text = "nodes: 5 read, 3 kept, 2 double\nways: 0 read, 0 kept\n\
                    relations: 0 read, 0 kept\ngaps: 0 references to missing nodes in 0 ways";
        assert_eq!(counts.to_string(), text);
    }

    #[test]
    fn one_in_a_hundred_may_be_lost_and_no_more() {
        let lost =
            |ways_unreadable| ReadCounts { ways: 300, ways_unreadable, ..Default::default() };
        assert!(lost(3).check().is_ok());
        assert_eq!(lost(4).check().unwrap_err().faults()[0].code(), Code::TooMuchLost);
    }

    #[test]
    fn a_slip_off_the_globe_is_forgiven_and_a_landslide_is_not() {
        let off = |nodes_off_globe| ReadCounts { nodes: 20, nodes_off_globe, ..Default::default() };
        assert!(off(10).check().is_ok());
        assert_eq!(off(11).check().unwrap_err().faults()[0].code(), Code::TooMuchLost);
    }
}

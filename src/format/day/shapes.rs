//! Values of a day file that may be written in several ways.

use schemars::JsonSchema;

use crate::cold::{AtpClass, Freezing, Status};
use crate::error::Code;
use crate::format::day::cold_rows::WallsRow;
use crate::format::day::rows::{MeltedRow, PackOutRow, StopRow};
use crate::format::json::{Node, Value};
use crate::format::names;
use crate::format::reader::{FromNode, Named, Reader, named};
use crate::problem::{Chemistry, Excursions};

/// A vehicle to begin from.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub(super) enum Preset {
    /// An electric cargo tricycle: 400 kg, 1.5 m³, 60 km.
    Tricycle,
    /// An electric van: 700 kg, 4 m³; its battery is yet to be given.
    ElectricVan,
    /// A minivan: 700 kg, 4 m³.
    Minivan,
    /// A four-wheel-drive pickup: 500 kg, 2 m³, and tracks.
    FourByFour,
    /// A motorbike: 60 kg, 200 l.
    Motorbike,
}

/// The schema's view of a [`Status`].
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum StatusShape {
    Documented,
    Derived,
    Declared,
}

/// The schema's view of a [`Freezing`].
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum FreezingShape {
    Discard,
    Tolerant,
}

/// The schema's view of a [`Chemistry`].
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum ChemistryShape {
    Lfp,
    LeadAcid,
}

/// The schema's view of an [`AtpClass`].
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum AtpShape {
    A,
    B,
    C,
}

named! {
    Preset {
        "tricycle" = Tricycle, "electric_van" = ElectricVan, "minivan" = Minivan,
        "four_by_four" = FourByFour, "motorbike" = Motorbike,
    }
    Excursions { "documented" = Documented, "never" = Never }
    Freezing { "discard" = Discard, "tolerant" = Tolerant }
    AtpClass { "A" = A, "B" = B, "C" = C }
    Chemistry { "lfp" = Lfp, "lead_acid" = LeadAcid }
    Status { "documented" = Documented, "derived" = Derived, "declared" = Declared }
}

/// A field that may be absent, null, or given: three different things.
#[derive(Clone, Debug)]
pub(super) enum Maybe<T> {
    Absent,
    Null,
    Given(T),
}

impl<T: FromNode> FromNode for Maybe<T> {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        Some(Option::from_node(node, reader)?.map_or(Self::Null, Self::Given))
    }

    fn absent() -> Option<Self> {
        Some(Self::Absent)
    }
}

/// The schema's view of a window: "09:00-12:00", or its two ends.
#[derive(JsonSchema)]
#[schemars(untagged, rename = "Window")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum WindowShape {
    Text(String),
    Ends { open: String, close: String },
}

/// A packing: the name of a built-in one, or its parameters. One with `packed_c` has no coolant.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged, rename = "PackOut")]
pub(super) enum PackOutShape {
    Name(String),
    Inline(Box<PackOutRow>),
    Walls(Box<WallsRow>),
}

impl FromNode for PackOutShape {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Object(entries) if entries.iter().any(|entry| entry.key == "packed_c") => {
                WallsRow::from_node(node, reader).map(Box::new).map(Self::Walls)
            }
            Value::Object(_) => PackOutRow::from_node(node, reader).map(Box::new).map(Self::Inline),
            Value::Text(name) => {
                let known = crate::cold::PackOut::built_in();
                let known: Vec<&str> =
                    known.iter().map(|pack_out| pack_out.name.as_str()).collect();
                if known.contains(&name.as_ref()) {
                    return Some(Self::Name(name.as_ref().to_owned()));
                }
                reader.wrong(Code::UnknownName, node, &names::one_of(name, &known))
            }
            _ => reader.wrong(Code::WrongType, node, "the name of a packing, or its parameters"),
        }
    }
}

/// How coolant is conditioned: "frozen", "half", "liquid", "auto" or {"melted": 0.7}.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged, rename = "Conditioning")]
pub(super) enum ConditioningShape {
    Name(Conditioned),
    Share(MeltedRow),
}

/// A usual conditioning.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
pub(super) enum Conditioned {
    /// All solid: summer.
    Frozen,
    /// Half melted: days on both sides of the plateau.
    Half,
    /// All liquid: winter.
    Liquid,
    /// As the day's weather asks.
    Auto,
}

named! { Conditioned { "frozen" = Frozen, "half" = Half, "liquid" = Liquid, "auto" = Auto } }

impl FromNode for ConditioningShape {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match node.value {
            Value::Object(_) => MeltedRow::from_node(node, reader).map(Self::Share),
            _ => Conditioned::from_node(node, reader).map(Self::Name),
        }
    }
}

/// A stop: the order's id alone, or with the option used.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged, rename = "Stop")]
pub(super) enum StopShape {
    Id(String),
    Row(StopRow),
}

impl FromNode for StopShape {
    fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Object(_) => StopRow::from_node(node, reader).map(Self::Row),
            Value::Text(id) => Some(Self::Id(id.as_ref().to_owned())),
            _ => reader.wrong(Code::WrongType, node, "an order's id in quotes, or an object"),
        }
    }
}

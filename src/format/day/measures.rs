//! The numbers of a day file, each with its unit and range.

use schemars::JsonSchema;

use crate::format::json::Node;
use crate::format::reader::{FromNode, Reader};

/// Numbers with a unit and a range: schema, reader and message from one line each.
macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident = $low:literal to $high:literal, $what:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, JsonSchema)]
        #[schemars(inline)]
        pub(super) struct $name(#[schemars(range(min = $low, max = $high))] pub(super) f64);

        impl FromNode for $name {
            fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
                let expected = concat!($what, " from ", $low, " to ", $high);
                reader.number(node, ($low, $high), expected).map(Self)
            }
        }
    )* };
}

measures! {
    /// Degrees of latitude.
    Latitude = -90.0 to 90.0, "degrees north";
    /// Degrees of longitude.
    Longitude = -180.0 to 180.0, "degrees east";
    /// A mass.
    Kilograms = 0.0 to 1e9, "kilograms";
    /// A volume.
    Litres = 0.0 to 1e9, "litres";
    /// A span of minutes, up to a year.
    Minutes = 0.0 to 527_040.0, "minutes";
    /// A span of hours, up to a year.
    Hours = 0.0 to 8784.0, "hours";
    /// A span of seconds, up to a day.
    Secs = 0.0 to 86_400.0, "seconds";
    /// A length.
    Kilometres = 0.0 to 1e6, "kilometres";
    /// A length.
    Meters = 0.0 to 1e6, "metres";
    /// A height above the sea; negative in a depression.
    Height = -500.0 to 9000.0, "metres above the sea";
    /// An amount of money.
    Amount = 0.0 to 1e6, "an amount";
    /// A temperature of the air.
    Celsius = -95.0 to 65.0, "degrees Celsius";
    /// A temperature of coolant.
    Plateau = -273.0 to 1000.0, "degrees Celsius";
    /// A difference of temperature.
    Kelvins = 0.0 to 100.0, "kelvins";
    /// What a battery holds.
    KilowattHours = 0.001 to 1000.0, "kilowatt hours";
    /// What is drawn all the time.
    Kilowatts = 0.0 to 50.0, "kilowatts";
    /// What a charger gives.
    ChargerKilowatts = 0.0 to 1000.0, "kilowatts";
    /// What a kilometre takes.
    WattHours = 1.0 to 10_000.0, "watt hours";
    /// A share that is kept.
    Reserve = 0.0 to 0.99, "a share";
    /// A share of the whole.
    Share = 0.0 to 1.0, "a share";
    /// A physical parameter.
    Positive = 0.0 to 1e12, "a number";
}

/// Whole numbers with a range.
macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident = $low:literal to $high:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, JsonSchema)]
        #[schemars(inline)]
        pub(super) struct $name(#[schemars(range(min = $low, max = $high))] pub(super) i64);

        impl FromNode for $name {
            fn from_node(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
                reader.whole(node, $low, $high).map(Self)
            }
        }
    )* };
}

counts! {
    /// The version of the format.
    FormatVersion = 1 to 1;
    /// A number of parcels.
    Pieces = 0 to 1_000_000_000_000_i64;
    /// A number of boxes.
    BoxCount = 0 to 10_000;
    /// A number of trips.
    Trips = 1 to 100;
    /// An hour of the plan's date; negative the day before.
    Hour = -8784 to 8784;
    /// An index of a list.
    Place = 0 to 1_000_000_000;
    /// The id of a way of the map.
    WayId = 1 to 9_007_199_254_740_991_i64;
}

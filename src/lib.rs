//! Plans the day of a rural delivery station: which courier takes which order, on which road, when,
//! with the cold chain unbroken, and why what stays behind stays behind.
//!
//! # Quick start
//!
//! ```
//! use std::sync::Arc;
//!
//! use lastmile::prelude::*;
//!
//! /// What a sheet of orders looks like; Chinese headers are read too.
//! const ORDERS: &str = "\
//! id,lat,lon,mass_kg,windows,name,village
//! 101,38.2509,90.8605,1.2,09:00-12:00,李建国,花土沟镇
//! 102,38.2501,90.8626,14,09:00-12:00;14:30-18:00,刘洋,花土沟镇
//! 103,38.2709,91.0072,0.4,,赵磊,油砂山
//! 104,38.3248,90.2012,7,,徐明,茫崖石棉矿
//! 105,38.1400,90.9281,2500,,吴敏,跃进一号
//! 106,38.2466,noon,3,,马福林,花土沟镇
//! ";
//!
//! fn main() -> lastmile::Result<()> {
//!     // The map of your county: RoadGraph::open("county.osm.pbf".as_ref())?
//!     let roads = Arc::new(embedded::roads()?);
//!     let calendar = Calendar::new("2026-01-28", "Asia/Shanghai")?;
//!     let van = Vehicle::minivan("v1").shift(calendar.window("08:30-18:30")?);
//!     let station = Station::at("Huatugou", Point::wgs84(38.2567, 90.8551)).vehicle(van);
//!
//!     // Your own sheet: Orders::read("orders.csv".as_ref(), Datum::Gcj02)?
//!     let orders = Orders::parse("orders.csv", ORDERS.as_bytes(), Datum::Wgs84, &calendar)?;
//!     for bad in orders.rejected() {
//!         eprintln!("{bad}");
//!     }
//!
//!     let snow = Closure::around(Point::wgs84(38.3248, 90.2012), Metres(3_000), "snow");
//!     let day = Problem::builder(station)
//!         .date(calendar.date())
//!         .orders(orders.into_orders())
//!         .close(snow)
//!         .build(&roads)?;
//!     let plan = optimizer::solve(&day, &StopRule::seconds(1.0).seed(7));
//!
//!     println!("{}", report::timetable(&plan));
//!     for unserved in plan.unserved() {
//!         println!("{}: {}", day.order(unserved.order).id(), unserved.reason);
//!     }
//!     let sheet = report::sheet_html(&plan, &mut |vehicle, from, to| day.way(vehicle, from, to));
//!     write_atomically(&std::env::temp_dir().join("lastmile-sheet.html"), sheet.as_bytes())
//! }
//! ```
//!
//! `cargo run --release --example plan` plans a whole embedded day with more of everything.
//!
//! # A tour, from the ground up
//!
//! | Room | Holds |
//! |---|---|
//! | [`units`], [`error`], [`place`], [`rng`] | integers with names, one error type, WGS-84 points and the datums at the door, chance |
//! | [`road`] | `OpenStreetMap` data as a graph; speeds by vehicle, surface and season; travel between all places |
//! | [`cold`] | what a cold box holds, for how long, in which weather |
//! | [`problem`] | one day, checked: stations, vehicles, orders. The last place where input can be wrong |
//! | [`schedule`] | the plain reading of a route: when everything happens |
//! | [`constraint`] | what adds up along a route, in the fast form of the search and the plain one of the audit |
//! | [`plan`] | the answer: routes, unserved orders with verified reasons, the audit |
//! | [`mod@format`] | day files, sheets of orders, the embedded day, writing whole files |
//! | [`optimizer`] | the search: regret insertion, then ruin and recreate on all cores |
//! | [`report`] | timetable, printable sheet, map, figures, differences |
//!
//! A room uses only rooms above it in this table. `ARCHITECTURE.md` says why.
//!
//! # Promises
//!
//! - Each order is on exactly one route, or unserved with a reason that was checked against every
//!   vehicle. Hard limits (windows, loads, shifts, cold chain) are never traded for money.
//! - Every plan [`optimizer::solve`] returns can be checked by [`plan::audit`], which walks the routes
//!   and shares no code with the search's fast tests.
//! - The same day, seed, threads and steps give the same plan; see [`optimizer::StopRule`].
//! - Wrong input is an [`Error`] that names file, place, field, value and what was expected.

pub mod cold;
pub mod constraint;
pub mod error;
pub mod format;
pub mod optimizer;
pub mod place;
pub mod plan;
pub mod prelude;
pub mod problem;
pub mod report;
pub mod rng;
pub mod road;
#[cfg(test)]
pub(crate) mod sample;
pub mod schedule;
pub mod units;

pub use error::{Error, Result};

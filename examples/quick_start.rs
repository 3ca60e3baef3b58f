//! A first day: one van, six rows of a sheet, one road closed by snow. README and crate docs show the
//! same text; a test compares them.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]

use std::sync::Arc;

use lastmile::prelude::*;

/// What a sheet of orders looks like; Chinese headers are read too.
const ORDERS: &str = "\
id,lat,lon,mass_kg,windows,name,village
101,38.2509,90.8605,1.2,09:00-12:00,李建国,花土沟镇
102,38.2501,90.8626,14,09:00-12:00;14:30-18:00,刘洋,花土沟镇
103,38.2709,91.0072,0.4,,赵磊,油砂山
104,38.3248,90.2012,7,,徐明,茫崖石棉矿
105,38.1400,90.9281,2500,,吴敏,跃进一号
106,38.2466,noon,3,,马福林,花土沟镇
";

fn main() -> lastmile::Result<()> {
    // The map of your county: RoadGraph::open("county.osm.pbf".as_ref())?
    let roads = Arc::new(embedded::roads()?);
    let calendar = Calendar::new("2026-01-28", "Asia/Shanghai")?;
    let van = Vehicle::minivan("v1").shift(calendar.window("08:30-18:30")?);
    let station = Station::at("Huatugou", Point::wgs84(38.2567, 90.8551)).vehicle(van);

    // Your own sheet: Orders::read("orders.csv".as_ref(), Datum::Gcj02)?
    let orders = Orders::parse("orders.csv", ORDERS.as_bytes(), Datum::Wgs84, &calendar)?;
    for bad in orders.rejected() {
        eprintln!("{bad}");
    }

    let snow = Closure::around(Point::wgs84(38.3248, 90.2012), Metres(3_000), "snow");
    let day = Problem::builder(station)
        .date(calendar.date())
        .orders(orders.into_orders())
        .close(snow)
        .build(&roads)?;
    let plan = optimizer::solve(&day, &StopRule::seconds(1.0).seed(7));

    println!("{}", report::timetable(&plan));
    for unserved in plan.unserved() {
        println!("{}: {}", day.order(unserved.order).id(), unserved.reason);
    }
    let sheet = report::sheet_html(&plan, &mut |vehicle, from, to| day.way(vehicle, from, to));
    write_atomically(&std::env::temp_dir().join("lastmile-sheet.html"), sheet.as_bytes())
}

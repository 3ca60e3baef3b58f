//! What couriers and planners read: timetable, sheet, maps, figures, differences. Everything here
//! walks the plan plainly and returns text; it writes no file and searches nothing.

mod cold_boxes;
mod cold_margin;
mod compliance;
mod diff;
mod epcis;
mod geojson;
mod kpi;
mod path;
mod plan_json;
mod residuals;
mod served;
mod sheet_html;
mod text;
mod timetable;
mod why;
mod words;

#[cfg(test)]
mod fixture;

use self::compliance::alarm_rules;
pub use self::compliance::{
    ComplianceOptions, PREDICTED, box_csv, compliance_csv, compliance_html, robustness_text,
};
pub use self::diff::{Diff, Moved, diff};
pub use self::epcis::{EpcisOptions, Measured, epcis_json};
pub use self::geojson::geojson;
pub use self::kpi::{BatteryUse, Count, Kpi, LeastMargin, Share};
pub use self::path::Legs;
pub use self::plan_json::{PLAN_FORMAT, plan_json};
pub use self::residuals::{Comparison, Gap, INTERVAL_MOST, Residual, Walls, compare};
pub use self::sheet_html::{SheetOptions, sheet_html, sheet_html_with};
pub use self::timetable::timetable;

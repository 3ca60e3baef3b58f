//! The insulin days: distance alone breaks the chain, the engine's plan does not; the generator's
//! files are the committed ones.

use std::path::Path;
use std::sync::Arc;

use lastmile::format;
use lastmile::optimizer::{self, StopRule};
use lastmile::plan::{self, Plan};
use lastmile::problem::{Order, Problem};
use lastmile::report::{self, ComplianceOptions};
use lastmile::road::RoadGraph;
use lastmile::schedule::{
    BoxDay, BoxStep, Scenario, Stress, Timetable, Verdict, box_days, robustness,
};
use lastmile::units::MilliCelsius;

fn read(season: &str, is_cold: bool) -> Arc<Problem> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut day = format::day::read(&fixtures.join(season).join("day.json")).unwrap();
    if !is_cold {
        day.orders = day.orders.into_iter().map(Order::without_class).collect();
    }
    let graph = RoadGraph::open(&fixtures.join("huatugou/roads.osm.gz")).unwrap();
    day.into_builder().0.build(&Arc::new(graph)).unwrap()
}

fn nominal(cold: &Problem, plan: &Plan) -> Verdict {
    let walks: Vec<&Timetable> = plan.routes().iter().map(|route| &route.timetable).collect();
    let verdicts = robustness(cold, &walks).unwrap();
    verdicts.into_iter().find(|verdict| verdict.scenario == Scenario::Nominal).unwrap()
}

fn km(plan: &Plan) -> f64 {
    plan.routes().iter().map(|route| route.timetable.length().as_f64() / 1000.0).sum()
}

fn check(season: &str) {
    let (cold, bare) = (read(season, true), read(season, false));
    assert_eq!(cold.visits().len(), bare.visits().len());
    let rule = StopRule::steps(300).seed(1).threads(1);
    let naive = optimizer::solve(&bare, &rule);
    let ours = optimizer::solve(&cold, &rule);
    plan::check(&ours).unwrap();
    assert!(naive.unserved().is_empty() && ours.unserved().is_empty());
    let (broken, kept) = (nominal(&cold, &naive), nominal(&cold, &ours));
    assert!(broken.blocks() && broken.excursions.len() >= 2, "{broken:?}");
    assert!(kept.is_kept() && kept.goods == 3, "{kept:?}");
    // The chain costs a way, and not the whole day.
    assert!(km(&ours) > km(&naive) + 10.0 && km(&ours) < km(&naive) * 1.5);
}

#[test]
fn in_winter_distance_alone_freezes_the_insulin_and_we_do_not() {
    check("insulin-winter");
}

#[test]
fn in_summer_distance_alone_warms_the_insulin_and_we_do_not() {
    check("insulin-summer");
}

/// The plan of the day with milk in a compartment, melons in the bare carriage, insulin on coolant.
fn cold_rooms() -> Plan {
    let problem = read("cold-rooms", true);
    let plan = optimizer::solve(&problem, &StopRule::steps(600).seed(1).threads(1));
    plan::check(&plan).unwrap();
    assert_eq!(plan.unserved(), []);
    plan
}

/// The air is that of each place's height.
#[test]
fn three_ways_of_keeping_goods_share_a_day_on_hills() {
    let plan = cold_rooms();
    let problem = plan.problem();
    let verdict = nominal(problem, &plan);
    assert!(verdict.is_kept() && verdict.goods == 8, "{verdict:?}");
    let walks = plan.routes().iter().map(|route| &route.timetable);
    let days: Vec<BoxDay> =
        walks.flat_map(|walk| box_days(problem, walk, &Stress::NONE).unwrap()).collect();
    let all = (problem, &days);
    let of = |code: &'static str| {
        let (problem, days) = all;
        days.iter().filter(move |day| problem.classes()[day.class].code == code)
    };
    assert!(of("ATP_DAIRY").all(|day| day.label(problem) == "COMPARTMENT-1"));
    let milk = of("ATP_DAIRY").flat_map(|day| &day.steps);
    assert!(milk.clone().count() > 4 && milk.clone().all(|step| step.melted.is_none()));
    let melons = of("PRODUCE_MELON").flat_map(|day| &day.goods);
    let coldest = melons.map(|goods| goods.payload_c.low).fold(f64::INFINITY, f64::min);
    assert!((7.0..9.9).contains(&coldest), "{coldest}: they cool, and do not chill");
    assert!(of("CN_COLD_2_8").flat_map(|day| &day.steps).all(|step| step.melted.is_some()));
    // On the heights the air is colder than the forecast at the station's height in the same hour.
    let weather = problem.weather().unwrap();
    let below = |step: &BoxStep| {
        let (forecast, _) = weather.range(step.from, step.until).unwrap();
        forecast.degrees() - step.ambient_c.low
    };
    let most = days.iter().flat_map(|day| &day.steps).map(below).fold(0.0, f64::max);
    assert!((0.5..5.0).contains(&most), "{most}");
}

/// Each parcel has its row and its box its page, whatever keeps it.
#[test]
fn the_report_tells_what_keeps_the_goods() {
    let plan = cold_rooms();
    let options = ComplianceOptions::default();
    let page = report::compliance_html(&plan, &options).unwrap().unwrap();
    let walks = plan.routes().iter().map(|route| &route.timetable);
    let days: usize =
        walks.map(|walk| box_days(plan.problem(), walk, &Stress::NONE).unwrap().len()).sum();
    assert_eq!(page.matches("<svg").count(), days);
    for words in ["COMPARTMENT-1", "compartment, set-point", "time constant of its goods"] {
        assert!(page.contains(words), "{words}");
    }
    for words in ["no coolant, packed at", "plateau, latent heat"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("NaN") && !page.contains(">inf"));
    let table = report::compliance_csv(&plan, &options).unwrap().unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|field| field == name).unwrap();
    let [class, low, high, verdict, left, label] =
        ["class", "predicted_min_c", "predicted_max_c", "verdict", "hold_left_least_s", "box"]
            .map(column);
    let limits = |code: &str| {
        let class = plan.problem().classes().iter().find(|class| class.code == code).unwrap();
        let degrees = |limit: Option<MilliCelsius>| limit.map(MilliCelsius::degrees);
        (degrees(class.lowest()), degrees(class.highest()))
    };
    let mut rows = [0; 3];
    for row in reader.records() {
        let row = row.unwrap();
        let (lowest, highest) = limits(&row[class]);
        let celsius = |at: usize| row[at].parse::<f64>().unwrap();
        assert!(lowest.is_none_or(|limit| celsius(low) >= limit), "{row:?}");
        assert!(highest.is_none_or(|limit| celsius(high) <= limit), "{row:?}");
        assert_eq!(&row[verdict], "pass");
        let is_in_compartment = row[label].starts_with("COMPARTMENT");
        assert_eq!(is_in_compartment, &row[class] == "ATP_DAIRY", "{row:?}");
        match &row[class] {
            "ATP_DAIRY" => rows[0] += 1,
            "PRODUCE_MELON" => rows[1] += 1,
            _ => {
                assert!(row[left].parse::<i64>().unwrap() > 0, "{row:?}");
                rows[2] += 1;
            }
        }
    }
    assert_eq!(rows.iter().sum::<usize>(), 8);
    assert!(rows.iter().all(|&count| count > 0), "{rows:?}");
}

#[test]
fn both_seasons_have_the_same_orders_on_the_same_roads() {
    let (winter, summer) = (read("insulin-winter", true), read("insulin-summer", true));
    let plain = |order: &Order| format!("{:?}", order.clone().origin(""));
    let orders = |problem: &Problem| problem.orders().iter().map(plain).collect::<Vec<_>>();
    assert_eq!(orders(&winter), orders(&summer));
    let leg = |problem: &Problem| {
        let vehicle = problem.vehicle_ids().next().unwrap();
        let visit = problem.visits()[0].place;
        problem.leg(vehicle, problem.home(vehicle), visit).unwrap()
    };
    assert_eq!(leg(&winter).metres, leg(&summer).metres);
}

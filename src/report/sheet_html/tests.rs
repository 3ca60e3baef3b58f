//! The sheet is well-formed, complete and inert.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::problem::{Call, Choice, HandOver, Order, Urgent};
use crate::report::fixture;
use crate::units::{Money, Seconds, Time};

/// Every element opened is closed, every reference known; returns texts and links.
pub(in crate::report) fn parse(html: &str) -> (String, Vec<String>) {
    let (mut texts, mut links) = (String::new(), Vec::new());
    let mut reader = Reader::from_str(html);
    reader.config_mut().check_end_names = true;
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_string();
                    assert!(!key.starts_with("on") && key != "src", "{key}");
                    if key == "href" {
                        links.push(attribute.value.to_string());
                    }
                }
                assert_ne!(start.name().as_ref(), "script");
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => texts.push_str(&text),
            Event::GeneralRef(name) => {
                let known = ["amp", "lt", "gt", "quot", "#39"];
                assert!(known.contains(&&*name));
                texts.push('&');
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    (texts, links)
}

#[test]
fn a_sheet_is_well_formed_and_shows_every_order() {
    let plan = fixture::plan();
    let sheet = sheet_html(&plan, &mut fixture::bent(&plan));
    let (texts, links) = parse(&sheet);
    for order in plan.problem().orders() {
        assert!(texts.contains(order.id()), "{}", order.id());
    }
    let visits: usize = plan.routes().iter().map(|route| route.visits().count()).sum();
    assert_eq!(links.len(), 2 * visits);
    assert_eq!(sheet.matches("<td class=\"tick\">").count(), visits);
    assert!(texts.contains("138****") && !sheet.contains("13812345670"));
    let shown = sheet_html_with(&plan, &mut |_, _, _| None, SheetOptions { mask_phones: false });
    assert!(shown.contains("13812345670"));
}

#[test]
fn links_lead_to_the_stop_in_the_datum_of_the_map() {
    let plan = fixture::plan();
    let (_, links) = parse(&sheet_html(&plan, &mut |_, _, _| None));
    let amap: Vec<_> = links.iter().filter(|link| link.contains("amap")).collect();
    assert!(amap[0].starts_with("https://uri.amap.com/navigation?to=9"), "{}", amap[0]);
    assert!(amap[0].ends_with(
        "&amp;mode=car&amp;policy=1&amp;src=lastmile&amp;coordinate=gaode&amp;callnative=1"
    ));
    let safe = |c: char| c.is_ascii_alphanumeric() || ":/?=&;,.%-_()".contains(c);
    assert!(links.iter().all(|link| link.chars().all(safe)), "{links:?}");
}

const PAYLOADS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "&lt;b&gt; &#60;b&#62; &bogus;",
    "]]><!-- --><![CDATA[",
    "</style></title></td></tr>",
    "a\u{0}b\u{1b}[2Jc\u{7}\u{9b}31m",
    "\u{202e}gnp.exe\u{2066}",
    "../../etc/passwd%00",
    "\u{fffe}\u{ffff}{{7*7}}${7*7}",
];

#[test]
fn no_payload_in_any_field_works() {
    let at =
        |i: usize| Call::at(fixture::point(f64::from(u32::try_from(i).unwrap()) * 90.0, 700.0));
    let orders = PAYLOADS.iter().enumerate().map(|(i, text)| {
        let order = Order::deliver(format!("P{i}"), at(i)).name(*text).village(*text).phone(*text);
        order.note(*text).cash_on_delivery(Money::units(1.0))
    });
    let plan = fixture::plan_of(fixture::problem(0, orders.collect()));
    let sheet = sheet_html(&plan, &mut |_, _, _| None);
    let (_, links) = parse(&sheet);
    assert!(
        links.iter().all(|link| link.starts_with("geo:") || link.starts_with("https://uri.amap"))
    );
    for bad in
        ["<script", "<img", "onload=a&", "<svg/", ">=1+1", ">@SUM", ">+cmd", "\u{1b}", "\u{202e}"]
    {
        assert!(!sheet.contains(bad), "{bad}");
    }
    let is_odd = |c: char| c.is_control() && c != '\n';
    assert!(!sheet.contains(is_odd));
    assert!(!crate::report::timetable(&plan).contains(is_odd));
    let map = crate::report::geojson(&plan, &mut |_, _, _| None);
    assert!(!map.contains('<') && !map.contains(is_odd));
}

/// For a look at it: `cargo test --lib a_sheet_to_look_at -- --ignored`.
#[test]
#[ignore = "writes a file for people to look at"]
fn a_sheet_to_look_at() {
    let plan = fixture::plan();
    let path = std::env::temp_dir().join("lastmile_sheet.html");
    std::fs::write(&path, sheet_html(&plan, &mut fixture::bent(&plan))).unwrap();
    println!("{}\n{}", path.display(), crate::report::timetable(&plan));
}

#[test]
fn a_promise_that_cannot_be_kept_is_refused_with_what_can_be_had_and_when() {
    let promise = Urgent::half_an_hour(Time::at(8, 0));
    let far = Call::at(fixture::point(30_000.0, 0.0)).service(Seconds::minutes(2));
    let pharmacy = Choice::call(HandOver::Pharmacy, Call::at(fixture::point(40_000.0, 0.0)));
    let order = Order::deliver("XX-1", far).or(pharmacy).urgent(promise);
    let plan = fixture::plan_of(fixture::problem(0, vec![order]));
    assert_eq!(plan.unserved().len(), 1);
    let (sheet, text) = (sheet_html(&plan, &mut |_, _, _| None), crate::report::timetable(&plan));
    let json: serde_json::Value = serde_json::from_str(&crate::report::plan_json(&plan)).unwrap();
    let offers = json["unserved"][0]["offers"].as_array().unwrap();
    let places: Vec<&str> = offers.iter().map(|one| one["hand_over"].as_str().unwrap()).collect();
    assert_eq!(places, ["home", "pharmacy"]);
    for offer in offers {
        let at = offer["in_hand"].as_str().unwrap();
        assert!(sheet.contains(&format!(" {at} ")), "{at}");
        assert!(text.contains(&format!("by {at}")), "{text}");
    }
}

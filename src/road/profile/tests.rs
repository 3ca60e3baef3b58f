//! Which ways a profile may use, and how fast.

use super::*;

/// Attributes from `key=value` words.
fn way(text: &str) -> Attributes {
    let pairs = text.split(' ').filter_map(|word| word.split_once('='));
    Attributes::of(&pairs.collect())
}

fn kmh(profile: &Profile, text: &str) -> Option<f64> {
    profile.passage(&way(text)).map(|passage| match passage.pace {
        Pace::Kmh(kmh) => kmh,
        Pace::Whole(time) => panic!("a road takes no fixed time: {time}"),
    })
}

#[test]
fn every_builtin_name_is_a_profile() {
    for name in Profile::NAMES {
        assert_eq!(Profile::by_name(name).unwrap().name(), name);
    }
    assert_eq!(Profile::by_name("hovercraft"), None);
    assert!(Profile::minivan() != Profile::minivan().in_winter());
}

#[test]
fn speeds_follow_kind_surface_tracktype_and_smoothness() {
    let van = Profile::minivan();
    let check = |text: &str, expected: Option<f64>| assert_eq!(kmh(&van, text), expected, "{text}");
    check("highway=secondary", Some(60.0));
    check("highway=secondary surface=gravel", Some(45.0));
    check("highway=unclassified surface=gravel", Some(35.0));
    check("highway=track tracktype=grade2", Some(30.0));
    check("highway=track tracktype=grade5", Some(8.0));
    check("highway=track", Some(20.0));
    check("highway=track smoothness=horrible", Some(10.0));
    check("highway=track smoothness=impassable", None);
    check("highway=tertiary surface=asphalt;gravel maxspeed=30", Some(27.0));
    check("highway=tertiary maxspeed=20mph", Some(20.0 * 1.609_344 * 0.9));
    check("highway=tertiary maxspeed=none", Some(50.0));
    check("highway=tertiary maxspeed=é", Some(50.0));
    check("highway=footway", None);
    check("highway=spaceway", None);
    check("highway=motorway", Some(60.0));
}

#[test]
fn untagged_roads_are_what_they_mostly_are_in_the_region() {
    let there = Profile::minivan().in_region("west_africa").unwrap();
    let check = |text: &str, here: f64, away: f64| {
        assert_eq!(kmh(&Profile::minivan(), text), Some(here), "{text}");
        assert_eq!(kmh(&there, text), Some(away), "{text}");
    };
    check("highway=secondary", 60.0, 45.0);
    check("highway=primary", 60.0, 60.0);
    check("highway=secondary surface=asphalt", 60.0, 60.0);
    let error = Profile::minivan().in_region("atlantis").unwrap_err();
    assert_eq!(error.faults()[0].code(), Code::UnknownName);
    assert!(error.to_string().contains("west_africa"), "{error}");
}

#[test]
fn vehicles_differ_off_the_tarmac() {
    let gravel = "highway=secondary surface=gravel";
    assert_eq!(kmh(&Profile::four_by_four(), gravel), Some(54.0));
    assert_eq!(kmh(&Profile::electric_tricycle(), gravel), Some(22.5));
    assert_eq!(kmh(&Profile::electric_tricycle(), "highway=motorway"), None);
    assert_eq!(kmh(&Profile::motorbike(), "highway=path"), Some(10.0));
    assert!(kmh(&Profile::minivan().in_winter(), gravel) < Some(45.0));
    assert_eq!(kmh(&Profile::minivan(), "highway=winter_road"), None);
    assert_eq!(kmh(&Profile::minivan().in_winter(), "highway=winter_road"), Some(14.0));
}

#[test]
fn the_most_specific_access_tag_decides() {
    let check = |text: &str, open: bool| {
        assert_eq!(kmh(&Profile::minivan(), text).is_some(), open, "{text}");
    };
    check("highway=service access=private", true);
    check("highway=service access=military", false);
    check("highway=service access=destination", true);
    check("highway=service access=no motor_vehicle=yes", true);
    check("highway=service access=yes motor_vehicle=no", false);
    check("highway=service motor_vehicle=no motorcar=delivery", true);
    check("highway=track motor_vehicle=agricultural", false);
    check("highway=pedestrian motor_vehicle=delivery", true);
    check("highway=pedestrian access=yes", false);
    check("highway=service maxwidth=1.2", false);
    check("highway=service maxweight=3.5", true);
}

#[test]
fn one_way_streets_have_one_way() {
    let check = |text: &str, expected: Option<(bool, bool)>| {
        let passage = Profile::motorbike().passage(&way(text));
        assert_eq!(passage.map(|p| (p.forward, p.backward)), expected, "{text}");
    };
    check("highway=service", Some((true, true)));
    check("highway=service oneway=yes", Some((true, false)));
    check("highway=service oneway=-1", Some((false, true)));
    check("highway=service oneway=yes oneway:motorcycle=no", Some((true, true)));
    check("highway=service oneway=yes oneway:motorcar=no", Some((true, false)));
    check("highway=service junction=roundabout", Some((true, false)));
    check("highway=service junction=roundabout oneway=no", Some((true, true)));
    check("highway=service oneway=reversible", None);
    let motorway = Profile::minivan().passage(&way("highway=motorway"));
    assert_eq!(motorway.map(|p| (p.forward, p.backward)), Some((true, false)));
}

#[test]
fn barriers_and_fords_stop_or_delay() {
    let check = |profile: &Profile, text: &str, expected: Option<i64>| {
        assert_eq!(profile.hurdle(&way(text)), expected.map(Seconds), "{text}");
    };
    let (van, tricycle) = (Profile::minivan(), Profile::electric_tricycle());
    check(&van, "barrier=gate", Some(30));
    check(&van, "barrier=gate locked=yes", None);
    check(&van, "barrier=gate access=private", None);
    check(&van, "barrier=bollard", None);
    check(&van, "barrier=bollard motor_vehicle=yes", Some(30));
    check(&tricycle, "barrier=bollard", Some(5));
    check(&tricycle, "barrier=block", None);
    check(&van, "barrier=unheard_of", Some(30));
    check(&van, "ford=yes", Some(60));
    check(&van, "ford=no", Some(0));
    check(&tricycle, "ford=yes", None);
    check(&tricycle, "highway=ford", None);
}

#[test]
fn ferries_go_by_their_timetable_or_slowly() {
    let pace = |text: &str| Profile::minivan().passage(&way(text)).map(|p| p.pace);
    assert_eq!(pace("route=ferry duration=01:30"), Some(Pace::Whole(Seconds(5400))));
    assert_eq!(pace("route=ferry duration=PT1H30M"), Some(Pace::Whole(Seconds(5400))));
    assert_eq!(pace("route=ferry duration=20"), Some(Pace::Whole(Seconds(1200))));
    for odd in ["often", "1:2:3:4", "PTé", "PT", "0", "99999999999", "-5"] {
        let text = format!("route=ferry duration={odd}");
        assert_eq!(pace(&text), Some(Pace::Kmh(10.0)), "{odd}");
    }
    assert_eq!(pace("route=ferry motor_vehicle=no"), None);
}

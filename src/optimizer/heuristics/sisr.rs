//! Slack induction by string removals as published (Christiaens and Vanden Berghe 2020,
//! doi 10.1287/trsc.2019.0914): strings of neighbouring trips are taken out and put back greedily,
//! looking at every place but overlooking one in a hundred, under simulated annealing.
//!
//! The names of the constants are the paper's, section 4. Its list of neighbours ends after a
//! hundred here; temperatures are measured in mean arcs of the first plan.

use crate::constraint::Resource;
use crate::optimizer::heuristics::method::{Method, Turn, mean_arc};
use crate::optimizer::heuristics::workshop::Workshop;
use crate::optimizer::insert::Scope;

/// Mean number of orders taken out, and the longest string.
const MEAN_REMOVED: usize = 10;
const STRING_MAX: usize = 10;
/// A split string keeps one visit more with a chance of one in a hundred (beta).
const KEEPS_MORE: usize = 100;
/// One place in a hundred is overlooked.
const BLINK: u32 = u32::MAX / 100;

#[derive(Debug, Default)]
pub(super) struct Sisr {
    temperature: Option<f64>,
    ruined: Vec<u32>,
}

impl<R: Resource> Method<R> for Sisr {
    fn step(&mut self, shop: &mut Workshop<'_, R>, turn: Turn<'_>) {
        let first = *self.temperature.get_or_insert_with(|| mean_arc(shop));
        let slack = turn.cooling.threshold(first * turn.heat, &mut shop.rng);
        let before = shop.state.price();
        shop.begin();
        self.strings(shop);
        shop.settle();
        let mut absent = shop.draw_absent();
        sort(shop, &mut absent);
        shop.insert_all(&absent, Scope::Everywhere, BLINK);
        shop.accept(before.saturating_add(slack));
    }
}

impl Sisr {
    /// Takes a string out of each of some trips nearest to a random visit.
    fn strings<R: Resource>(&mut self, shop: &mut Workshop<'_, R>) {
        self.ruined.clear();
        let Some(seed) = shop.any_served() else { return };
        let trips = shop.state.trip_count.max(1);
        let longest = STRING_MAX.min(shop.served() / trips).max(1);
        let strings = shop.rng.between(1, (4 * MEAN_REMOVED / (1 + longest)).max(2) - 1);
        let ground = shop.state.ground;
        for &visit in std::iter::once(&seed).chain(ground.around(seed)) {
            if self.ruined.len() >= strings {
                return;
            }
            let slot = shop.state.slot[visit as usize];
            if slot == crate::optimizer::ground::NONE || self.ruined.contains(&slot) {
                continue;
            }
            self.ruined.push(slot);
            let size = shop.state.size[slot as usize] as usize;
            let length = shop.rng.between(1, longest.min(size));
            for visit in string(shop, slot, visit, length) {
                shop.take(visit);
            }
        }
    }
}

/// A string of `length` visits of a trip about one of them; half of them are split and keep some
/// visits inside.
fn string<R: Resource>(
    shop: &mut Workshop<'_, R>,
    slot: u32,
    visit: u32,
    length: usize,
) -> Vec<u32> {
    let trip: Vec<u32> = shop.state.visits_of(slot).collect();
    let at = trip.iter().position(|&other| other == visit).unwrap_or(0);
    let mut kept = 0;
    if length > 1 && length < trip.len() && shop.rng.chance(1, 2) {
        kept = 1;
        while length + kept < trip.len() && shop.rng.chance(1, KEEPS_MORE) {
            kept += 1;
        }
    }
    let span = length + kept;
    let from = shop.rng.between((at + 1).saturating_sub(span), at.min(trip.len() - span));
    let skip = shop.rng.between(1, length.saturating_sub(1).max(1));
    let string = trip[from..from + span].iter().enumerate();
    let stays = |i: usize| kept > 0 && i >= skip && i < skip + kept;
    string.filter(|&(i, _)| !stays(i)).map(|(_, &visit)| visit).collect()
}

/// At random, bulky, remote or near first, with the paper's weights 4, 4, 2 and 1.
fn sort<R: Resource>(shop: &mut Workshop<'_, R>, absent: &mut [u32]) {
    shop.rng.shuffle(absent);
    let ground = shop.state.ground;
    match shop.rng.below(11) {
        0..4 => {}
        4..8 => absent.sort_by_key(|&o| std::cmp::Reverse(ground.bulk[o as usize])),
        8..10 => absent.sort_by_key(|&o| std::cmp::Reverse(ground.remoteness[o as usize])),
        _ => absent.sort_by_key(|&o| ground.remoteness[o as usize]),
    }
}

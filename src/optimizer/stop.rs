//! When to stop. The only file that reads the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::plan::WALKED;
use crate::units::Money;

/// How the search is going, for a progress callback.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Seconds since the start.
    pub seconds: f64,
    /// Steps of all searches together.
    pub steps: u64,
    /// Orders on no route in the best plan so far.
    pub unserved: usize,
    /// What the best plan so far costs.
    pub cost: Money,
}

type Watch = Arc<dyn Fn(Progress) + Send + Sync>;

/// When to stop, and what the search depends on besides the day: seed and threads. The same day,
/// seed, threads and step budget give the same plan, byte for byte; a time limit does not.
#[derive(Clone)]
pub struct StopRule {
    seconds: Option<f64>,
    steps: Option<u64>,
    idle: Option<u64>,
    target: Option<Money>,
    flag: Option<Arc<AtomicBool>>,
    watch: Option<Watch>,
    seed: u64,
    threads: usize,
}

impl std::fmt::Debug for StopRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StopRule")
            .field("seconds", &self.seconds)
            .field("steps", &self.steps)
            .field("idle", &self.idle)
            .field("target", &self.target)
            .field("seed", &self.seed)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

impl StopRule {
    fn new(seconds: Option<f64>, steps: Option<u64>) -> Self {
        Self {
            seconds,
            steps,
            idle: None,
            target: None,
            flag: None,
            watch: None,
            seed: 1,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// Stops after this many seconds of wall clock; 0 gives the first complete plan.
    pub fn seconds(seconds: f64) -> Self {
        Self::new(Some(if seconds.is_finite() { seconds.clamp(0.0, 1e9) } else { 1e9 }), None)
    }

    /// Stops after this many steps of all searches together.
    pub fn steps(steps: u64) -> Self {
        Self::new(None, Some(steps))
    }

    /// Also stops after this many seconds.
    #[must_use]
    pub fn or_seconds(mut self, seconds: f64) -> Self {
        self.seconds = Some(if seconds.is_finite() { seconds.clamp(0.0, 1e9) } else { 1e9 });
        self
    }

    /// Also stops when this many steps in a row found nothing better.
    #[must_use]
    pub fn or_idle(mut self, steps: u64) -> Self {
        self.idle = Some(steps);
        self
    }

    /// Also stops at a plan that serves everything and costs no more than this.
    #[must_use]
    pub fn or_target(mut self, cost: Money) -> Self {
        self.target = Some(cost);
        self
    }

    /// Also stops, within a fraction of a second, when the flag becomes true.
    #[must_use]
    pub fn or_flag(mut self, flag: Arc<AtomicBool>) -> Self {
        self.flag = Some(flag);
        self
    }

    /// Calls `watch` when there is a first plan and now and then from there on, from one thread at a
    /// time.
    #[must_use]
    pub fn progress(mut self, watch: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.watch = Some(Arc::new(watch));
        self
    }

    /// Sets the seed of all chance; 1 unless set.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how many threads search side by side; as many as there are cores unless set. Called from
    /// a thread of a rayon pool, as when many stations are planned at once, the search keeps to that
    /// pool, whatever its size; the plan is the same.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.clamp(1, 256);
        self
    }

    pub(super) fn seed_value(&self) -> u64 {
        self.seed
    }

    pub(super) fn threads_value(&self) -> usize {
        self.threads
    }

    /// True when the clock decides how long the search takes, and no number of steps.
    pub(super) fn is_timed(&self) -> bool {
        self.seconds.is_some() && self.steps.is_none()
    }

    /// How many stops may be walked for the reasons of all absent orders: where the clock decides, as
    /// many as take a fifth of the limit, twice over for the audit; but not so few that a small day is
    /// not looked at as a whole.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "clamped to a number of stops"
    )]
    pub(super) fn stops_to_walk(&self) -> u64 {
        const A_SECOND: f64 = 2e6;
        const LEAST: u64 = 400_000;
        let Some(limit) = self.seconds.filter(|_| self.is_timed()) else { return WALKED };
        ((limit * self.threads as f64 * A_SECOND) as u64).clamp(LEAST, WALKED)
    }

    pub(super) fn start(&self) -> Watchman<'_> {
        let (begun, zero) = (now(), AtomicU64::new(0));
        Watchman { rule: self, begun, settled: AtomicU64::new(0), reserve: zero }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// Watches over a running search.
#[derive(Debug)]
pub(super) struct Watchman<'r> {
    rule: &'r StopRule,
    begun: Instant,
    /// Microseconds from the start until there was a first plan.
    settled: AtomicU64,
    /// Microseconds kept for what comes after the search.
    reserve: AtomicU64,
}

/// How long a round lasts when the clock decides, at most.
const ROUND_SECONDS: f64 = 0.25;
/// How many rounds a budget is divided into, about.
const ROUNDS: u64 = 40;
/// Steps of the first timed round, which measures the rate.
const FIRST_ROUND: u64 = 64;

impl Watchman<'_> {
    /// The rule it watches over.
    pub(super) fn rule(&self) -> &StopRule {
        self.rule
    }

    /// Seconds since the start.
    pub(super) fn elapsed(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Notes that there is a first plan: what follows is counted from here.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a day at most")]
    pub(super) fn settle(&self) {
        self.settled.store((self.elapsed().clamp(0.0, 1e9) * 1e6) as u64, Ordering::Relaxed);
    }

    /// Seconds since there was a first plan, and seconds from then to the end of the search.
    fn search_time(&self) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a day")]
        let settled = self.settled.load(Ordering::Relaxed) as f64 / 1e6;
        let limit = self.limit().unwrap_or(0.0);
        ((self.elapsed() - settled).max(1e-6), (limit - settled).max(1e-9))
    }

    /// Keeps so many seconds of a time limit, at most three quarters of it, for what comes after the
    /// search.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
    pub(super) fn set_reserve(&self, seconds: f64) {
        let most = self.rule.seconds.unwrap_or(0.0) * 0.75;
        self.reserve.store((seconds.clamp(0.0, most) * 1e6) as u64, Ordering::Relaxed);
    }

    /// When the search itself must end, in seconds since the start.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a day are far below 2^53")]
    fn limit(&self) -> Option<f64> {
        let reserve = self.reserve.load(Ordering::Relaxed) as f64 / 1e6;
        self.rule.seconds.map(|limit| limit - reserve)
    }

    /// True when a search must break off within a round.
    pub(super) fn is_over(&self) -> bool {
        self.is_flagged() || self.limit().is_some_and(|limit| self.elapsed() >= limit)
    }

    /// True when the stop came from outside.
    pub(super) fn is_flagged(&self) -> bool {
        self.rule.flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// The share of the budget that is spent, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "step counts stay far below 2^53")]
    pub(super) fn spent(&self, steps: u64) -> f64 {
        let by_steps = self.rule.steps.map_or(0.0, |budget| steps as f64 / budget.max(1) as f64);
        let by_time = match self.limit() {
            // With a step budget the clock only ends the run: it must not bend its course.
            Some(_) if self.rule.steps.is_none() => {
                let (elapsed, limit) = self.search_time();
                elapsed / limit
            }
            _ => 0.0,
        };
        by_steps.max(by_time).clamp(0.0, 1.0)
    }

    /// How many steps the whole search will take, where the clock decides judged by those so far; nothing
    /// where that cannot be said yet.
    #[expect(clippy::cast_precision_loss, reason = "step counts stay far below 2^53")]
    pub(super) fn expected(&self, steps: u64) -> Option<f64> {
        if let Some(budget) = self.rule.steps {
            return Some(budget as f64);
        }
        let (elapsed, limit) = self.search_time();
        (self.rule.seconds.is_some() && steps > 0).then(|| steps as f64 * (limit / elapsed))
    }

    /// The share of the budget that will be spent after a round of so many steps.
    #[expect(clippy::cast_precision_loss, reason = "step counts stay far below 2^53")]
    pub(super) fn spent_after(&self, spent: f64, steps: u64, round: u64) -> f64 {
        if self.rule.steps.is_some() {
            return self.spent(steps + round);
        }
        let (elapsed, limit) = self.search_time();
        let per_step = if steps == 0 { 0.0 } else { elapsed / steps as f64 };
        (spent + per_step * round as f64 / limit).clamp(0.0, 1.0)
    }

    /// How many steps all searches take together in the next round, given the steps so far, how many
    /// searches there are, and how long a round should be at least, in seconds.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates and rounds are small and positive"
    )]
    pub(super) fn next_round(&self, steps: u64, searches: u64, shortest: f64) -> u64 {
        let Some(budget) = self.rule.steps else {
            let (elapsed, limit) = self.search_time();
            if steps == 0 {
                return FIRST_ROUND * searches;
            }
            let slice = ROUND_SECONDS.min(limit / ROUNDS as f64).max(shortest.min(limit / 8.0));
            let slice = slice.min(0.9 * (limit - elapsed));
            let most = steps.max(FIRST_ROUND * searches) * 8;
            return ((steps as f64 / elapsed * slice) as u64).clamp(16 * searches, most);
        };
        (budget / ROUNDS).max(64 * searches).min(budget.saturating_sub(steps))
    }

    /// True when the rule says stop between two rounds.
    pub(super) fn is_done(&self, steps: u64, idle: u64, unserved: usize, cost: i64) -> bool {
        // What is left must be enough for one step of each search.
        let searches = self.rule.threads as u64;
        let steps_done = self.rule.steps.is_some_and(|budget| steps + searches > budget);
        let no_budget = self.rule.steps.is_none() && self.rule.seconds.is_none();
        let idle_done = self.rule.idle.is_some_and(|limit| idle >= limit);
        let reached = self.rule.target.is_some_and(|target| unserved == 0 && cost <= target.0);
        steps_done || no_budget || idle_done || reached || self.is_over()
    }

    /// Reports to the progress callback.
    pub(super) fn report(&self, steps: u64, unserved: usize, cost: i64) {
        if let Some(watch) = &self.rule.watch {
            watch(Progress { seconds: self.elapsed(), steps, unserved, cost: Money(cost) });
        }
    }
}

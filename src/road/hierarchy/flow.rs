//! Where to cut a piece of road map in two: inertial flow (Schild and Sommer 2015, doi
//! 10.1007/978-3-319-20086-6_22). Junctions are sorted along a direction; as little as possible is
//! cut between the first and the last quarter, found by a greatest flow (Dinitz 1970) of one unit a
//! road. Costs about (cut + 1) passes over the roads.

use super::NONE;

/// A piece of the map with its own numbering; roads in both directions, each neighbour once.
#[derive(Debug)]
pub(super) struct Piece {
    /// Per junction: its number in the map.
    pub(super) nodes: Vec<u32>,
    /// Neighbours of `n` are `next[first[n]..first[n + 1]]`.
    pub(super) first: Vec<u32>,
    pub(super) next: Vec<u32>,
}

/// The share of junctions that are held on either side.
const HELD: usize = 4;
/// The directions tried, as multiples of x and y.
const DIRECTIONS: [[f64; 2]; 4] = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]];

/// A cut: which junctions are on the first side, and how many roads lead across.
struct Cut {
    direction: [f64; 2],
    is_first: Vec<bool>,
    roads: usize,
    smaller: usize,
}

impl Piece {
    fn neighbours(&self, node: u32) -> std::ops::Range<usize> {
        self.first[node as usize] as usize..self.first[node as usize + 1] as usize
    }

    /// The junctions that part the piece, and the junctions of either side without them.
    pub(super) fn part(&self, at: &impl Fn(u32) -> [f64; 2]) -> [Vec<u32>; 3] {
        let back = self.back();
        let mut best: Option<Cut> = None;
        for direction in DIRECTIONS {
            let cut = self.cut(direction, at, &back);
            // Roads cut for each junction on the smaller side.
            let is_better = best
                .as_ref()
                .is_none_or(|best| cut.roads * best.smaller < best.roads * cut.smaller);
            if is_better {
                best = Some(cut);
            }
        }
        best.map_or_else(Default::default, |cut| {
            let [parting, one, two] = self.separate(&cut.is_first);
            // In order along the cut: what a piece beside it touches then has ranks in a row.
            let [a, b] = cut.direction;
            [self.sorted(parting, [-b, a], at), one, two]
        })
    }

    /// Per entry of `next`: the entry of the way back.
    fn back(&self) -> Vec<u32> {
        let mut at: Vec<u32> = self.first.clone();
        let mut back = vec![NONE; self.next.len()];
        // Neighbours are sorted, so each junction meets its ways back in ascending order.
        for node in 0..number(self.nodes.len()) {
            for entry in self.neighbours(node) {
                let other = self.next[entry] as usize;
                back[at[other] as usize] = number(entry);
                at[other] += 1;
            }
        }
        let mut paired = vec![NONE; back.len()];
        for (entry, &way) in (0..).zip(&back) {
            paired[way as usize] = entry;
        }
        paired
    }

    /// Some junctions, in order along a direction.
    fn sorted(&self, some: Vec<u32>, [a, b]: [f64; 2], at: &impl Fn(u32) -> [f64; 2]) -> Vec<u32> {
        let along = |node: u32| {
            let [x, y] = at(self.nodes[node as usize]);
            a * x + b * y
        };
        let mut sorted: Vec<(f64, u32)> =
            some.into_iter().map(|node| (along(node), node)).collect();
        sorted.sort_unstable_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
        sorted.into_iter().map(|(_, node)| node).collect()
    }

    fn cut(&self, direction: [f64; 2], at: &impl Fn(u32) -> [f64; 2], back: &[u32]) -> Cut {
        let count = self.nodes.len();
        let all = (0..number(count)).collect();
        let sorted = self.sorted(all, direction, at);
        let held = (count / HELD).max(1);
        let mut end = vec![0_i8; count];
        sorted[..held].iter().for_each(|&node| end[node as usize] = 1);
        sorted[count - held..].iter().for_each(|&node| end[node as usize] = -1);
        let mut flow = Flow { piece: self, back, end: &end, used: vec![0; self.next.len()] };
        let roads = flow.fill();
        let near = flow.side(1);
        let far = flow.side(-1);
        let count_near = near.iter().filter(|&&is| is).count();
        let count_far = far.iter().filter(|&&is| is).count();
        // The side that reaches farther towards the middle makes the evener cut.
        if count_near >= count_far {
            Cut {
                direction,
                is_first: near,
                roads,
                smaller: count_near.min(count - count_near).max(1),
            }
        } else {
            let is_first = far.iter().map(|&is| !is).collect();
            Cut { direction, is_first, roads, smaller: count_far.min(count - count_far).max(1) }
        }
    }

    /// The ends, on one side, of the roads across; on the side where they are fewer.
    fn separate(&self, is_first: &[bool]) -> [Vec<u32>; 3] {
        let is_end = |node: u32| {
            let here = is_first[node as usize];
            self.neighbours(node).any(|entry| is_first[self.next[entry] as usize] != here)
        };
        let ends = |side: bool| {
            (0..number(self.nodes.len()))
                .filter(|&node| is_first[node as usize] == side && is_end(node))
                .collect::<Vec<u32>>()
        };
        let (here, there) = (ends(true), ends(false));
        let parting = if here.len() <= there.len() { here } else { there };
        let mut is_parting = vec![false; self.nodes.len()];
        for &node in &parting {
            is_parting[node as usize] = true;
        }
        let rest = |side: bool| {
            (0..number(self.nodes.len()))
                .filter(|&node| is_first[node as usize] == side && !is_parting[node as usize])
                .collect::<Vec<u32>>()
        };
        let sides = [rest(true), rest(false)];
        let [first, second] = sides;
        [parting, first, second]
    }

    /// The piece of some of its junctions, which must be ascending.
    pub(super) fn of(&self, some: &[u32]) -> Self {
        let mut local = vec![NONE; self.nodes.len()];
        for (new, &old) in (0..).zip(some) {
            local[old as usize] = new;
        }
        let mut piece =
            Self { nodes: Vec::with_capacity(some.len()), first: vec![0], next: vec![] };
        for &old in some {
            piece.nodes.push(self.nodes[old as usize]);
            let near = self.neighbours(old).map(|entry| local[self.next[entry] as usize]);
            piece.next.extend(near.filter(|&new| new != NONE));
            piece.first.push(number(piece.next.len()));
        }
        piece
    }
}

/// A flow of at most one unit a road.
struct Flow<'p> {
    piece: &'p Piece,
    back: &'p [u32],
    /// Per junction: 1 where flow begins, -1 where it ends.
    end: &'p [i8],
    /// Per entry: the flow along it, minus that of the way back.
    used: Vec<i8>,
}

impl Flow<'_> {
    /// The greatest flow, by shortest ways first.
    fn fill(&mut self) -> usize {
        let mut sum = 0;
        loop {
            let Some(level) = self.levels() else { return sum };
            let more = self.block(&level);
            if more == 0 {
                return sum;
            }
            sum += more;
        }
    }

    /// Steps from where flow begins, over roads with room; nothing when no end can be reached.
    fn levels(&self) -> Option<Vec<u32>> {
        let begins = (0..number(self.end.len())).filter(|&node| self.end[node as usize] > 0);
        let mut queue: Vec<u32> = begins.collect();
        let mut level = vec![NONE; self.end.len()];
        for &node in &queue {
            level[node as usize] = 0;
        }
        let (mut at, mut found) = (0, false);
        while let Some(&node) = queue.get(at) {
            at += 1;
            found |= self.end[node as usize] < 0;
            for entry in self.piece.neighbours(node) {
                let next = self.piece.next[entry] as usize;
                if self.used[entry] < 1 && level[next] == NONE {
                    level[next] = level[node as usize] + 1;
                    queue.push(number(next));
                }
            }
        }
        found.then_some(level)
    }

    /// Fills the ways that climb level by level until none is left.
    fn block(&mut self, level: &[u32]) -> usize {
        let piece = self.piece;
        let mut entry: Vec<u32> = piece.first[..piece.nodes.len()].to_vec();
        let mut sum = 0;
        let mut way: Vec<u32> = Vec::new();
        for begin in (0..number(self.end.len())).filter(|&node| self.end[node as usize] > 0) {
            let mut node = begin;
            loop {
                if self.end[node as usize] < 0 {
                    for &step in &way {
                        self.used[step as usize] += 1;
                        self.used[self.back[step as usize] as usize] -= 1;
                    }
                    sum += 1;
                    way.clear();
                    node = begin;
                    continue;
                }
                let step = entry[node as usize];
                if step < piece.first[node as usize + 1] {
                    let next = piece.next[step as usize];
                    let climbs = level[next as usize] == level[node as usize] + 1;
                    if climbs && self.used[step as usize] < 1 {
                        way.push(step);
                        node = next;
                    } else {
                        entry[node as usize] += 1;
                    }
                    continue;
                }
                let Some(step) = way.pop() else { break };
                node = piece.next[self.back[step as usize] as usize];
                entry[node as usize] += 1;
            }
        }
        sum
    }

    /// The junctions that can still be reached from where flow begins (1), or from which its end
    /// can be reached (-1).
    fn side(&self, from: i8) -> Vec<bool> {
        let mut is_on: Vec<bool> = self.end.iter().map(|&end| end == from).collect();
        let mut queue: Vec<u32> =
            (0..number(is_on.len())).filter(|&node| is_on[node as usize]).collect();
        while let Some(node) = queue.pop() {
            for entry in self.piece.neighbours(node) {
                let step = if from > 0 { entry } else { self.back[entry] as usize };
                let next = self.piece.next[entry] as usize;
                if self.used[step] < 1 && !is_on[next] {
                    is_on[next] = true;
                    queue.push(number(next));
                }
            }
        }
        is_on
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a map has fewer than 2^32 arcs")]
pub(super) fn number(index: usize) -> u32 {
    index as u32
}

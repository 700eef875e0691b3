"""The planner at three sizes: ``python -m bench.rotation PEOPLE MISSIONS EDGES``. Prints JSON.

A process of its own for each size, without Django, so that its memory is that of the planner.
"""

import json
import resource
import sys
import time

import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from balancing.maths.rotation import Instance, Plan, improvements
from bench.figures import Figure

PART = "rotations"
# People, missions, edges; and seconds that SciPy's matching took in the comparison of solvers.
SIZES = {(40, 20, 504): 0.01, (400, 200, 12_271): 0.06, (5_000, 2_500, 153_341): 0.7}
# Larger models than this are more than the general solver finishes in a minute.
CHECKED = 60
KB_IN_MB = 1024


def measure(*, people: int, missions: int, edges: int) -> list[Figure]:
    """The whole search, and at a small size the same optimum by an integer program."""
    instance = made(people, missions, edges)
    began = time.process_time()
    plans = list(improvements(instance))
    took = time.process_time() - began
    best, size = plans[-1], f"{people} × {missions}"
    plain, off = by_one_matching(instance, best)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KB_IN_MB
    note = (
        f"largest load {plans[0].max_load:.1f} → {best.max_load:.1f} with {best.moves} moves;"
        f" {len(instance.pairs)} edges"
    )
    found = [
        Figure(PART, f"CPU of the whole search, {size}", took, "s",
               SIZES.get((people, missions, edges)), note=note),
        Figure(PART, f"of that, against one plain matching of its last step, {size}", took / plain,
               "×", note=f"squares off by {off:.1g}; SciPy over all edges: {plain:.3f} s"),
        Figure(PART, f"peak memory of the process, {size}", peak, "MB"),
    ]  # fmt: skip
    if people <= CHECKED:
        off = abs(best.max_load - by_program(instance, best))
        found.append(Figure(PART, f"optimum off an integer program's, {size}", off, "", 1e-6))
    return found


def made(people: int, missions: int, edges: int) -> Instance:
    """Nine of ten people have a seat; everybody may stay, and take as many others as the edges
    allow."""
    rng = np.random.default_rng(1)
    seated = int(0.9 * people)
    seats = 1 + np.bincount(rng.integers(missions, size=seated - missions), minlength=missions)
    current = np.full(people, -1)
    current[rng.permutation(people)[:seated]] = np.repeat(np.arange(missions), seats)
    each = edges // people
    pairs = [
        (person, int(mission))
        for person in range(people)
        for mission in rng.choice(missions, size=min(missions, each), replace=False)
    ]
    pairs += [(who, int(mission)) for who, mission in enumerate(current) if mission >= 0]
    return Instance(
        seats=seats.tolist(),
        difficulty=rng.uniform(0.3, 7.0, missions).round(1).tolist(),
        burden=rng.uniform(0.0, 50.0, people).round(1).tolist(),
        current=current.tolist(),
        edges=np.array(pairs),
        budget=int(0.15 * people),
    )


def by_one_matching(instance: Instance, best: Plan) -> tuple[float, float]:
    """CPU of the last step as SciPy does it over every edge that the largest load allows, in the
    order of the seats; and by how much its sum of squares is another, relatively."""
    began = time.process_time()
    current, seats = np.asarray(instance.current), np.asarray(instance.seats)
    usable = instance.load <= best.max_load + 1e-9
    (person, mission), load = instance.pairs[usable].T, instance.load[usable]
    leaves = current[person] != mission
    copies = seats[mission]
    before = np.cumsum(copies) - copies
    row = np.repeat((np.cumsum(seats) - seats)[mission], copies)
    row = row + np.arange(copies.sum()) - np.repeat(before, copies)
    squares, move = load**2, 1.0 + float(np.sort(load**2)[-seats.sum() :].sum())
    cells = (np.repeat(1.0 + squares + move * leaves, copies), (row, np.repeat(person, copies)))
    table = sparse.csr_array(cells, shape=(seats.sum(), len(current)))
    costs = table[csgraph.min_weight_full_bipartite_matching(table)]
    took = time.process_time() - began
    total = float((costs - 1.0 - move * (costs >= move)).sum())
    return took, abs(total / best.squares - 1.0)


def by_program(instance: Instance, best: Plan) -> float:
    """The smallest largest load by an integer program: x (edges) chosen, t the largest load."""
    pairs, load = instance.pairs, instance.load
    count, people, missions = len(pairs), len(instance.burden), len(instance.seats)
    one = np.ones(count)
    at = np.arange(count)
    by_person = sparse.csr_array((one, (pairs[:, 0], at)), shape=(people, count + 1))
    by_mission = sparse.csr_array((one, (pairs[:, 1], at)), shape=(missions, count + 1))
    stays = np.append((np.asarray(instance.current)[pairs[:, 0]] == pairs[:, 1]).astype(float), 0)
    held = sum(place >= 0 for place in instance.current)
    largest = sparse.csr_array(-np.ones((count, 1)))
    loads = sparse.csr_array(sparse.hstack([sparse.diags_array(load), largest]))
    seats = np.asarray(instance.seats, dtype=float)
    rules = [
        optimize.LinearConstraint(by_person, -np.inf, 1),
        optimize.LinearConstraint(by_mission, seats, seats),
        optimize.LinearConstraint(stays[None, :], held - (instance.budget or 0), np.inf),
        optimize.LinearConstraint(loads, -np.inf, 0),
    ]
    found = optimize.milp(
        np.append(np.zeros(count), 1.0),
        constraints=rules,
        integrality=np.append(one, 0),
        bounds=optimize.Bounds(0, np.append(one, best.max_load + 1)),
        options={"mip_rel_gap": 0},
    )
    return float(found.fun or 0.0)


if __name__ == "__main__":
    numbers = dict(zip(("people", "missions", "edges"), map(int, sys.argv[1:]), strict=True))
    print(json.dumps([figure.plain for figure in measure(**numbers)]))

import base64
import io

import numpy as np
import pytest
from PIL import Image

from results.figures import triangle
from results.figures.plane import HEIGHT, inside, place
from results.figures.region import outline
from results.figures.shading import interpolated
from results.states import Verdict
from results.values import Comparison, Outcome, TriangleSurface, lattice

CORNERS = np.array([[0.5, HEIGHT], [0, 0], [1, 0]])


def concluded(std_at_top=0.001):
    """An outcome whose surface rises with the resolution and is unsure at the top."""
    shares = lattice(6)
    std = np.where(shares[:, 0] > 0.5, std_at_top, 0.001)
    surface = TriangleSurface(
        divisions=6,
        mean=tuple(0.5 + 0.1 * shares[:, 2]),
        std=tuple(std),
        prior_std=0.02,
    )
    return Outcome(verdict=Verdict.INCONCLUSIVE, surface=surface)


def named(figure, name):
    return next((trace for trace in figure.data if trace.name == name), None)


def test_corners_are_pure_depth_width_and_resolution():
    xy = place(np.array([1.0, 0, 0]), np.array([0.0, 0, 1]))
    np.testing.assert_allclose(xy, CORNERS, atol=1e-12)
    np.testing.assert_allclose(inside(xy), 0, atol=1e-12)
    assert inside(np.array([[0.5, 0.2]])) > 0 > inside(np.array([[0.1, 0.5]]))


def test_candidates_lie_where_their_shares_say_coloured_by_accuracy(made):
    candidates = made.candidates(8)
    figure = triangle(candidates, leader=5)
    searched = candidates[candidates["eligible"]]
    others = searched[searched["index"] != 5]
    points = named(figure, "candidates")
    shares = others["shares"].tolist()
    np.testing.assert_allclose(points.y, [HEIGHT * one["depth"] for one in shares])
    np.testing.assert_allclose(points.x, [one["resolution"] + one["depth"] / 2 for one in shares])
    np.testing.assert_array_equal(points.marker.color, others["accuracy_mean"])
    assert points.marker.cmin == searched["accuracy_mean"].min()
    assert points.marker.cmax == searched["accuracy_mean"].max()
    assert len(named(figure, "leader").x) == 1
    assert "<b>candidate 1</b> (published)" in named(figure, "published coefficients").hovertext[0]


def test_the_comparisons_mark_what_may_be_as_good(made):
    candidates = made.candidates(4)
    standings = ("reference", "reference", "leader", "equivalent", "undecided", "worse")
    comparisons = tuple(Comparison(index=i, standing=name) for i, name in enumerate(standings))
    outcome = Outcome(verdict=Verdict.INCONCLUSIVE, comparisons=comparisons)
    figure = triangle(candidates, leader=2, outcome=outcome)
    points = dict(zip(candidates["index"], candidates["shares"], strict=True))
    for name, index in (
        ("statistically as good as the leader", 3),
        ("undecided: could be better", 4),
    ):
        np.testing.assert_allclose(named(figure, name).y, [HEIGHT * points[index]["depth"]])


def test_the_outline_holds_its_members_and_no_worse_one():
    edge = outline(np.concatenate([CORNERS, [[0.5, 0.1]]]), np.empty((0, 2)))
    assert {tuple(corner) for corner in edge} == {tuple(corner) for corner in CORNERS}
    assert tuple(edge[0]) == tuple(edge[-1])
    assert outline(CORNERS, np.array([[0.5, 0.3]])) is None
    assert outline(CORNERS, np.array([[2.0, 2.0]])) is not None


def test_an_outline_of_places_on_one_line_is_their_ends():
    line = np.array([[0.2, 0.1], [0.4, 0.2], [0.8, 0.4]])
    edge = outline(line, np.array([[0.3, 0.4]]))
    assert {tuple(end) for end in edge} == {(0.2, 0.1), (0.8, 0.4)}
    assert outline(line[[0, 2]], line[1:2]) is None
    assert outline(line[:1], line[1:]) is None


def test_a_lattice_covers_the_triangle_once():
    shares = lattice(4)
    assert shares.shape == (15, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert len({tuple(row) for row in shares.round(6)}) == 15


def test_the_surface_is_the_outcomes_between_the_points_of_its_lattice():
    random = np.random.default_rng(0)
    share = random.dirichlet([1, 1, 1], 50)
    mean, std = interpolated(concluded().surface, place(share[:, 0], share[:, 2]))
    np.testing.assert_allclose(mean, 0.5 + 0.1 * share[:, 2], atol=1e-5)
    np.testing.assert_allclose(std, 0.001, atol=1e-6)
    beyond, _ = interpolated(concluded().surface, np.array([[0.0, HEIGHT], [1.0, HEIGHT]]))
    assert ((beyond >= 0.5) & (beyond <= 0.6)).all()


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (None, "the surface follows with the outcome"),
        (Outcome(verdict=Verdict.INCONCLUSIVE), "the outcome has no surface"),
        (concluded(), "surface: the verdict's model"),
    ],
)
def test_only_an_outcome_brings_a_surface(made, outcome, told):
    figure = triangle(made.candidates(5), outcome=outcome)
    there = outcome is not None and outcome.surface is not None
    assert (named(figure, "surface") is not None) == there
    assert len(figure.layout.images) == there
    assert told in figure.layout.title.subtitle.text


def test_the_picture_fades_where_little_is_known(made):
    figure = triangle(made.candidates(30), outcome=concluded(std_at_top=0.02))
    picture = Image.open(io.BytesIO(base64.b64decode(figure.layout.images[0].source.split(",")[1])))
    opacity = np.asarray(picture)[..., 3].astype(float)
    rows, columns = opacity.shape
    assert opacity[: rows // 10, columns // 2].max() < 0.5 * opacity[-rows // 5, columns // 2]
    assert opacity[0, 0] == 0
    assert "not measured" in named(figure, "surface").hovertemplate


def test_a_plan_without_results_shows_its_directions(made):
    figure = triangle(made.candidates(4, seeds=0))
    assert len(named(figure, "without results yet").x) == 4
    assert named(figure, "candidates") is None
    assert "no trial has finished yet" in figure.layout.title.subtitle.text

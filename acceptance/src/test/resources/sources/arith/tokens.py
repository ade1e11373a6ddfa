# SPDX-License-Identifier: Apache-2.0
"""What runs hold of the tokens that their model was asked and answered."""

from hud.train.types import TrajectoryPayload, TrajectorySample


def samples(run):
    return [sample for step in run.trace.steps if (sample := getattr(step, "sample", None))]


def payload(run, reward):
    """Built by hand: the run's tokens, with another reward."""
    return TrajectoryPayload(
        samples=[TrajectorySample(**sample.model_dump()) for sample in samples(run)], reward=reward
    )

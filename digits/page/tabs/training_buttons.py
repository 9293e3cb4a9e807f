"""What both parts of the Train tab that train have in common: how it ends, and what comes then."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from digits.page.background_training.jobs import Trainer
from digits.page.model_menu import refreshed_menu
from digits.page.model_store import ModelStore


def end(trainer: Trainer) -> Callable[[gr.Request], None]:
    """Make the function that stops what a visitor trains, or takes them out of the queue."""

    def end(request: gr.Request) -> None:
        visitor = request.session_hash
        if trainer.place(visitor) is not None:
            trainer.leave(visitor)
        elif training := trainer.of(visitor):
            training.stop()

    return end


def draw_with(store: ModelStore) -> Callable[[str | None], tuple[dict[str, Any], gr.Tabs]]:
    """Make the function that opens the Draw tab with a model."""

    def draw_with(name: str | None) -> tuple[dict[str, Any], gr.Tabs]:
        return refreshed_menu(store, name), gr.Tabs(selected="draw")

    return draw_with

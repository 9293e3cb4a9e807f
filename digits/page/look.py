"""The look of the page: paper, ink and one red pencil; in the dark, a blackboard with chalk.

Gradio turns these into the names of colours that all style sheets use, such as `--color-accent`.
`digits/page/standalone/page.css` repeats those it needs.
"""

import gradio as gr

FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")
# The pencil, from pale to deep; white is readable on 600, and 600 on paper, 400 on the blackboard.
PENCIL = gr.themes.Color(
    name="pencil",
    c50="#fff4ef", c100="#ffe5d9", c200="#ffc9b3", c300="#ffa583", c400="#ff7d52", c500="#ec5127",
    c600="#c93c15", c700="#a53010", c800="#842912", c900="#6a2412", c950="#3b0f06",
)  # fmt: skip


def theme() -> gr.themes.Base:
    """Make Gradio's theme, light and dark."""
    return gr.themes.Default(
        primary_hue=PENCIL, neutral_hue="stone", font=FONTS, font_mono=MONO
    ).set(
        body_background_fill="#fbfaf6",
        body_background_fill_dark="#131614",
        background_fill_primary="#fbfaf6",
        background_fill_primary_dark="#131614",
        background_fill_secondary="#f4f1e9",
        background_fill_secondary_dark="#1b1f1d",
        block_background_fill="*background_fill_primary",
        block_background_fill_dark="*background_fill_primary",
        input_background_fill="#fffefb",
        input_background_fill_dark="#1b201d",
        border_color_primary="#e3dfd3",
        border_color_primary_dark="#343a36",
        body_text_color="#1d1c18",
        body_text_color_dark="#f3f0e7",
        body_text_color_subdued="#625d52",
        body_text_color_subdued_dark="#aeb0a6",
        button_secondary_background_fill="#eeeae0",
        button_secondary_background_fill_hover="#e3decf",
        button_secondary_background_fill_dark="#282d2a",
        button_secondary_background_fill_hover_dark="#363c38",
        button_secondary_text_color="#1d1c18",
        button_secondary_text_color_dark="#f3f0e7",
        button_primary_background_fill="*primary_600",  # white on 500 is hard to read
        button_primary_background_fill_hover="*primary_700",
        stat_background_fill="*primary_500",
        stat_background_fill_dark="*primary_400",
    )

"""What the page relies on in the page that Gradio serves: its HTML, and how its scripts behave.

Of its behaviour, the sketchpad's script and the tabs need this:

- In a `gr.HTML`, setting `props.value` fires the change event; an equal value does not.
- A None for a `gr.HTML` reaches its script as "".
- With `trigger_mode="always_last"`, all triggers of a function share one queue: a request is sent
  only when the one before it is answered, and with the values of that moment.
- The `js` of an event runs when its request is sent, with the values of that moment.
- A `gr.HTML` gives its classes to two elements, and its script gets the inner one.
- Rules within media queries reach only what is below the page's outermost elements; media queries
  within a rule reach all that the rule reaches.
- A `gr.Button` that is not visible is not on the page, and its click is still an endpoint.
"""

# What our style sheets and scripts name among the elements that Gradio makes, as CSS selectors.
# Each finds something on the page. (Other names in there are our `elem_id`s and `elem_classes`.)
PARTS_OF_THE_PAGE = (
    ".gradio-container",  # around all of it; it hides what overflows
    ".main.fillable",  # the whole page, whose width we set
    ".contain > .column",  # its parts, one below the other
    "#tabs .tab-wrapper button.selected",  # the names of the tabs
    "#tabs .tabitem",  # the content of a tab
    "#title .html-container",  # gr.HTML: what pads its content
    "#draw > .column > .row > .column > .column > #sketchpad",  # gr.Interface: its inputs ...
    "#draw > .column > .row > .column > #answer",  # ... and its outputs
    "#draw .form > #model",  # Gradio's frame around form elements
    "#model .container .wrap .wrap-inner",  # gr.Dropdown
    "#model .wrap-inner .icon-wrap",  # the arrow that opens it
    '#model [data-testid="block-info"]',  # its label
    ".block.answer > .html-container > .answer",  # gr.HTML: its classes are on two elements
    ".block.in-words .html-container",
    "#train-settings .has-info",  # the label of what has an explanation ...
    "#train-settings .info-text",  # ... and the explanation
    "#train-augmented .label-text",  # gr.Checkbox: its label
    "#train-settings .slider_input_container",  # gr.Slider, with its smallest and largest number
    "footer",
)
# And those on "Use via API".
PARTS_OF_THE_API_PAGE = (".docs-wrap .snippets > .snippet",)
DARK = "dark"  # the class of the page's body in the dark theme

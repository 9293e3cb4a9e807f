// Sends the number of the digit that was clicked (see numbers.js). The same digit may be clicked
// again for another photo, so the value is emptied first.
document.addEventListener("digit-chosen", function chosen(event) {
  if (!element.isConnected) return document.removeEventListener("digit-chosen", chosen);
  if (props.value === String(event.detail)) props.value = "";
  props.value = String(event.detail);
});

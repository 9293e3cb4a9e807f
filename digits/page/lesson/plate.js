// A plate is a picture of numbers with a frame over some of them. The frame is moved by pointing, or
// with the arrow keys.

// Lay the frame over a window { top, left, tall, wide } of a map.
function frameOn(plate, { top, left, tall, wide }, [height, width]) {
  const { style } = plate.querySelector(".frame");
  style.left = `${(100 * left) / width}%`;
  style.top = `${(100 * top) / height}%`;
  style.width = `${(100 * wide) / width}%`;
  style.height = `${(100 * tall) / height}%`;
}

const inside = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value)));

// Calls `pick(y, x)` for the cell that is pointed at, and `move(down, right)` for an arrow key.
// `size()` is the size of the map.
function pickable(plate, size, pick, move) {
  const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function point(event) {
    const box = plate.getBoundingClientRect();
    const [height, width] = size();
    pick(inside(((event.clientY - box.top) * height) / box.height, height),
      inside(((event.clientX - box.left) * width) / box.width, width));
  }

  plate.addEventListener("pointerdown", (event) => event.button === 0 && point(event));
  plate.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" || event.buttons > 0) point(event);
  });
  plate.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(...ARROWS[event.key]);
  });
}

const placeOfLargest = (map) =>
  map.reduce((best, value, place) => (value > map[best] ? place : best), 0);

// The place of a player is that of the cell that is picked. `size()` is the size of the map.
function playByHand(plate, player, size) {
  function goTo(y, x) {
    player.stop();
    player.go(y * size()[1] + x);
  }
  pickable(plate, size, goTo, (down, right) => {
    const [height, width] = size();
    goTo(inside(player.place / width + down, height), inside((player.place % width) + right, width));
  });
}

// Buttons and a slider that go through the places of a map, one after the other, row by row.
// `places()` says how many there are, `first()` where to begin; `moved(place)` shows one. Returns
// { place, playing, touched, go(place), stop(), start(), fit(map) }.
function makePlayer(container, places, first, moved) {
  const PER_SECOND = 14;
  container.append(element.querySelector("template.player-parts").content.cloneNode(true));
  const button = (name) => container.querySelector(`button.${name}`);
  const [play, slider] = [button("play"), container.querySelector("input")];
  let timer = null;

  const player = {
    place: 0,
    playing: false,
    touched: false, // somebody has chosen the place
    go(place) {
      player.place = Math.min(places() - 1, Math.max(0, place));
      slider.value = player.place;
      moved(player.place);
    },
    stop() {
      player.touched = true;
      clearInterval(timer);
      player.playing = false;
      label();
      player.go(player.place);
    },
    start() {
      if (player.place >= places() - 1) player.place = first();
      player.playing = player.touched = true;
      label();
      clearInterval(timer);
      timer = setInterval(advance, 1000 / PER_SECOND);
    },
    // After a change of the map. Until somebody chooses a place, it is that of the largest value.
    fit(map) {
      slider.max = map.length - 1;
      if (!player.touched) player.place = placeOfLargest(map);
      slider.value = player.place = Math.min(player.place, map.length - 1);
    },
  };

  function label() {
    play.querySelector("span").textContent = say(player.playing ? WORDS.pause : WORDS.play);
    play.classList.toggle("playing", player.playing);
  }

  function advance() {
    if (container.clientWidth === 0 || !element.isConnected) return player.stop(); // not seen
    player.go(player.place + 1);
    if (player.place >= places() - 1) player.stop();
  }

  play.addEventListener("click", () => (player.playing ? player.stop() : player.start()));
  const by = (name, step) => button(name).addEventListener("click", () => {
    player.stop();
    player.go(player.place + step);
  });
  by("previous", -1);
  by("following", 1);
  slider.addEventListener("input", () => {
    const place = Number(slider.value); // before the slider is set back to where the player stops
    player.stop();
    player.go(place);
  });
  label();
  return player;
}

// What stands around the tabs: a skeleton while the page loads, an address for each tab, and the
// view for frames. Runs in the head of the page, before Gradio.
(() => {
  const root = document.documentElement;
  const embedded = new URLSearchParams(location.search).has("embed");
  root.classList.toggle("embed", embedded);
  root.classList.add("loading");
  root.classList.toggle("elsewhere", location.hash.length > 1 && location.hash !== "#draw");

  // ---- the addresses of the tabs

  const BUTTONS = "#tabs > .tab-wrapper [role=tab]";
  const HIDDEN = "#tabs > .tab-wrapper .overflow-dropdown button"; // those that have no room
  let names = []; // of the tabs, in their order: the first one needs no address

  function tabNames() {
    const { components, layout } = window.gradio_config;
    const known = new Map(components.map((component) => [component.id, component]));
    const find = (node) => known.get(node.id)?.props.elem_id === "tabs" ? node
      : (node.children ?? []).map(find).find(Boolean);
    const tabs = find(layout)?.children ?? [];
    return tabs.map(({ id }) => known.get(id).props).filter(({ visible }) => visible !== false)
      .map(({ elem_id: name }) => name);
  }

  const buttonOf = (name) => document.getElementById(`${name}-button`);
  const opened = () =>
    document.querySelector(`${BUTTONS}[aria-selected=true]`)?.id.replace(/-button$/, "");

  function wanted() {
    const name = decodeURIComponent(location.hash.slice(1));
    return !embedded && names.includes(name) ? name : names[0];
  }

  function open(name) {
    if (name !== opened()) {
      const button = buttonOf(name)
        ?? document.querySelectorAll(HIDDEN)[names.filter((n) => !buttonOf(n)).indexOf(name)];
      button?.click();
    }
    window.scrollTo(0, 0);
  }

  // A visitor has opened a tab: its address goes into the history.
  function note() {
    const name = opened();
    if (!name || name === wanted()) return;
    history.pushState(null, "", `${location.pathname}${location.search}#${name}`);
  }

  function startTabs() {
    if (names.length === 0) return;
    const row = document.querySelector("#tabs > .tab-wrapper");
    new MutationObserver(note).observe(row, {
      subtree: true, childList: true, attributes: true, attributeFilter: ["aria-selected"],
    });
    open(wanted());
    window.addEventListener("popstate", () => open(wanted())); // a link to "#inside" fires it, too
  }

  // ---- what Gradio's pages ask for and no page of ours has: a browser would complain of a 404

  const ABSENT = /\/(gradio_api\/mcp\/schema|monitoring\/summary)$/;
  const send = window.fetch.bind(window);
  window.fetch = async (resource, options) => {
    const { pathname } = new URL(resource.url ?? resource, location.href);
    return ABSENT.test(pathname) ? new Response(null, { status: 404 }) : send(resource, options);
  };

  // ---- the skeleton

  const BUILT = "gradio-app .block, gradio-app .error";
  const GIVE_UP_AFTER = 30_000; // milliseconds: then whatever there is is shown

  const CALM = 2; // frames without a new part: by then everything has its place
  const PATIENCE = 60; // frames, at most
  let begun = false; // the tabs are there, their content comes
  let calm = 0;
  let frames = 0;

  function reveal() {
    root.classList.remove("loading");
  }

  function settle() {
    calm += 1;
    frames += 1;
    if (calm <= CALM && frames <= PATIENCE) return requestAnimationFrame(settle);
    watcher.disconnect();
    reveal();
  }

  function built() {
    calm = 0;
    if (begun || !document.querySelector(BUILT)) return;
    names = window.gradio_config.layout ? tabNames() : []; // before a login there are none
    if (names.length > 0 && !document.querySelector(BUTTONS)) return;
    begun = true;
    startTabs();
    requestAnimationFrame(settle);
  }

  const watcher = new MutationObserver(built);
  watcher.observe(root, { subtree: true, childList: true });
  setTimeout(reveal, GIVE_UP_AFTER);
})();

// While topics are written: fetches what they would bring and shows it below them. Without this script a button does.
const slot = document.querySelector('[data-harvest]');
const topics = slot?.closest('form')?.elements.topics;

if (slot && topics) {
  const { form } = topics;
  const [button, status, panel] = slot.children;
  const PAUSE_MS = 350;
  let timer;
  let asking;

  const look = async () => {
    asking?.abort();
    asking = new AbortController();
    const fields = new FormData(form);
    // What is not asked for stays here.
    for (const name of ['email', 'website', 'timeZone', 'sendHour']) fields.delete(name);
    const { signal } = asking;
    slot.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(`${slot.dataset.harvest}?${new URLSearchParams(fields)}`, { signal });
      if (answer.status === 503) return later(2000);
      if (answer.status !== 200) return;
      panel.innerHTML = await answer.text();
      status.textContent = panel.querySelector('.summary')?.textContent ?? '';
      panel.querySelector('.summary')?.remove();
    } catch {
      // Typed on, or offline: the panel stays as it is.
    } finally {
      if (!signal.aborted) slot.removeAttribute('aria-busy');
    }
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  };

  button.hidden = true;
  form.addEventListener('input', () => later(PAUSE_MS));
  panel.addEventListener('click', (event) => {
    const { name, value } = event.target.closest('button') ?? {};
    if (name !== 'add' && name !== 'swap') return;
    event.preventDefault();
    const lines = topics.value.split('\n').filter((line) => line.trim() !== '');
    const [first, next] = value.split('\n');
    const at = name === 'swap' ? lines.findIndex((line) => line.trim() === first) : -1;
    lines.splice(at === -1 ? lines.length : at, at === -1 ? 0 : 1, next ?? first);
    topics.value = lines.join('\n');
    look();
  });
  if (topics.value.trim() !== '' && panel.children.length === 0) look();
}

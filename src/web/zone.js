// Chooses the browser's own time zone where the reader has not chosen one. Without this script the choice is theirs.
const field = document.querySelector('select[data-guess]');
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && zone) {
  if (![...field.options].some((option) => option.value === zone)) field.add(new Option(zone, zone));
  field.value = zone;
}

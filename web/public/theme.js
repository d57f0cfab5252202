// Before the first paint, so that nothing flashes: the choice that was kept, else what the system prefers.
const kept = localStorage.getItem('lockstep-theme');
const dark = kept === null ? matchMedia('(prefers-color-scheme: dark)').matches : kept === 'dark';
document.documentElement.dataset.theme = dark ? 'dark' : 'light';

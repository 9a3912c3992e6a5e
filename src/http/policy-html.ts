import markdownIt from 'markdown-it';

/** HTML in the text stays text, and nothing becomes a link that was not written as one. */
const renderer = markdownIt({ html: false, linkify: false });

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}th,td{border:1px solid #bbb;padding:.25rem .5rem;text-align:left;vertical-align:top}`;

/** A printed policy as one page that needs nothing else. */
export const policyHtml = (title: string, markdown: string): string =>
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${renderer.utils.escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
${renderer.render(markdown)}</body>
</html>
`;

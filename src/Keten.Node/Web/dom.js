// Elements, made without markup in texts: nothing that the node says is ever read as HTML.

/** An element with attributes, listeners («on…») and children; a child that is null is left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

let count = 0;

/** An id that nothing else has. */
export const freshId = stem => `${stem}-${++count}`;

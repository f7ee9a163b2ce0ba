// Elements: found by their IDs, and made.

export const find = (id) => document.getElementById(id);

/**
 * Makes an element. What is no property of it becomes an attribute; children that are null are left out.
 * @param {string} name
 * @param {object} properties
 * @param {...(Node | string | null)} children
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Brings children into a parent in this order. Only what stands elsewhere is moved: what moves loses the focus. */
export function arrange(parent, children) {
  for (const child of [...parent.children]) if (!children.includes(child)) child.remove();
  children.forEach((child, place) => {
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
}

"use strict";

// Shows the OpenAPI document. Everything is set as text: nothing that it says is run.
function make(kind, text, className) {
  const element = document.createElement(kind);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function line(called, values) {
  const paragraph = make("p", called + " ", "small");
  values.forEach((value, at) => {
    if (at > 0) paragraph.append(", ");
    paragraph.append(make("code", value));
  });
  return paragraph;
}

function show(method, path, operation) {
  const article = make("article");
  const head = make("h3");
  head.append(make("span", method.toUpperCase(), "method"), path);
  article.append(head, make("p", operation.summary || ""));
  const parameters = (operation.parameters || []).map(each => each.name + (each.required ? "" : "?"));
  if (parameters.length > 0) article.append(line("takes", parameters));
  const body = Object.keys((operation.requestBody || {}).content || {});
  if (body.length > 0) article.append(line("body in", body));
  const answers = Object.keys(((operation.responses || {})["200"] || {}).content || {});
  if (answers.length > 0) article.append(line("answers in", answers));
  return article;
}

async function begin() {
  const document_ = await (await fetch("/openapi/v1.json")).json();
  document.getElementById("title").textContent = document_.info.title + ": the node's API";
  document.getElementById("words").textContent = document_.info.description || "";
  const chapters = new Map();
  for (const [path, item] of Object.entries(document_.paths))
    for (const [method, operation] of Object.entries(item)) {
      const chapter = (operation.tags || ["Other"])[0];
      if (!chapters.has(chapter)) chapters.set(chapter, []);
      chapters.get(chapter).push(show(method, path, operation));
    }
  const main = document.getElementById("chapters");
  for (const [chapter, articles] of chapters) main.append(make("h2", chapter), ...articles);
}

begin().catch(fault => { document.getElementById("words").textContent = "The document could not be read: " + fault.message; });

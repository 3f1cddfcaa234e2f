// Without JavaScript the text is selected by hand; with it, a button copies it.
for (const text of document.querySelectorAll("[data-copie]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copier";
  button.addEventListener("click", async () => {
    text.select();
    await navigator.clipboard.writeText(text.value);
    button.textContent = "Copié";
  });
  text.after(button);
}

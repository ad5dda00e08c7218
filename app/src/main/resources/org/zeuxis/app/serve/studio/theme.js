"use strict";
// Before anything is painted: the light that was chosen, else the system's.
{
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}

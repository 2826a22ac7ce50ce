import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function o(){return e(t,{title:"Calendars",children:"\u2026"})}export{o as default};

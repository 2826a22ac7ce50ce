import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function u(){return e(t,{title:"Queue",children:"\u2026"})}export{u as default};

import{a as t,b as e}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};

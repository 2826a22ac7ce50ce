import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};

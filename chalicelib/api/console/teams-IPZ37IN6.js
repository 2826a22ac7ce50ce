import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};

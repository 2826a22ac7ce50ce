import{a as t,b as e}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function a(){return t(e,{title:"Mail texts",children:"\u2026"})}export{a as default};

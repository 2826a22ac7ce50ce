import{S as t,a as e}from"./chunk-HF3HKYU3.js";import"./chunk-2WTMYVGC.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};

import{ra as e,ta as t}from"./chunk-XHQAQYTL.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
